"""What is wrong with a store is said in words, with what to do."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline_tests.certificates import make_certificate
from hi_pipeline_tests.object_server import BUCKET, CREDENTIALS, PAGE, serving


def test_bytes_by_key_below_a_prefix(tmp_path: Path, store_url: str) -> None:
    bucket, other = Bucket(store_url), Bucket(f"{store_url}/below")
    path = tmp_path / "file"
    path.write_bytes(b"first")
    bucket.put("a/one", path)
    assert bucket.get("a/one") == b"first"
    assert bucket.get("a/two") is None
    assert (bucket.create("a/two", b"2"), bucket.create("a/two", b"3")) == (True, False)
    assert bucket.get("a/two") == b"2"
    other.create("a/one", b"")
    assert [(found.key, found.size) for found in bucket.list("a/")] == [("a/one", 5), ("a/two", 1)]
    bucket.delete(["a/one", "a/none"])
    assert [found.key for found in bucket.list("")] == ["a/two", "below/a/one"]


def test_more_keys_than_a_page_holds(store_url: str) -> None:
    bucket = Bucket(store_url)
    names = [f"{number:04}" for number in range(2 * PAGE + 5)]
    for name in names:
        bucket.create(name, b"")
    assert [found.key for found in bucket.list("")] == names
    bucket.delete(names)
    assert list(bucket.list("")) == []


def test_an_absent_bucket(store_url: str) -> None:
    with pytest.raises(StoreError, match="NoSuchBucket: there is no such bucket: make it, or mend HI_STORE"):
        Bucket("s3://nobody-made-this").create("a", b"")
    with pytest.raises(StoreError, match="s3://nobody-made-this: the object store answers NoSuchBucket"):
        list(Bucket("s3://nobody-made-this").list(""))


def test_no_credentials(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreError, match="no credentials: set AWS_ACCESS_KEY_ID"):
        Bucket(store_url).get("a")


def test_a_store_that_does_not_answer(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreError, match="cannot be reached .*: look at AWS_ENDPOINT_URL"):
        Bucket(store_url).get("a")


def test_wrong_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(INITIAL_NO_AUTH_ACTION_COUNT="0") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(StoreError, match="InvalidAccessKeyId: the access key is unknown: mend AWS_ACCESS_KEY_ID"):
            list(Bucket(f"s3://{BUCKET}").list(""))


def test_a_store_over_tls_is_checked_against_its_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(KEY_AND_CERTIFICATE=str(tmp_path)) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(StoreError, match=r"certificate verify failed.*the certificate \(AWS_CA_BUNDLE\)"):
            Bucket(f"s3://{BUCKET}").get("a")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        with pytest.raises(StoreError, match="NoSuchBucket"):
            Bucket(f"s3://{BUCKET}").create("a", b"")
