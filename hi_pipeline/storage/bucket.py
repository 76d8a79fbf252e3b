"""A store of bytes by key: a bucket of an S3-compatible object store, below a prefix.

Endpoint, region, credentials and certificates come from where boto3 looks for them: AWS_ENDPOINT_URL, AWS_REGION,
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the files that AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name, the
role of the machine, AWS_CA_BUNDLE. Read by boto3 itself: no setting of ours ever holds a secret.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from hi_pipeline.core.errors import StoreError

_AT_ONCE = 1_000  # keys of one request to delete
_TAKEN = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")
_REMEDIES = {
    "NoSuchBucket": "there is no such bucket: make it, or mend HI_STORE",
    "InvalidAccessKeyId": "the access key is unknown: mend AWS_ACCESS_KEY_ID or the credentials file",
    "SignatureDoesNotMatch": "the secret does not belong to the access key: mend AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "these credentials may not do that: they need to list, read, write and delete below HI_STORE",
    "ExpiredToken": "the session has ended: get new credentials",
    "NotImplemented": "this store does not know what hi needs of it: puts with If-None-Match",
}
_REMEDIES["403"] = _REMEDIES["AccessDenied"]
_REMEDIES["404"] = _REMEDIES["NoSuchBucket"]


@dataclass(frozen=True)
class Object:
    """A key below the prefix, and what the store says of its bytes."""

    key: str
    size: int
    written: datetime


class Bucket:
    """The bytes below ``s3://bucket/prefix``, by key; any number of threads may share it."""

    def __init__(self, url: str) -> None:
        """Open it; nothing is asked yet.

        Args:
            url: ``s3://bucket`` or ``s3://bucket/prefix``.
        """
        self.url = url.rstrip("/")
        self._name, _, prefix = self.url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""

    @cached_property
    def _client(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise StoreError(
                "HI_STORE is set, and boto3 is not installed: install hi_pipeline with its extra 'scale'"
            ) from error
        with self._saying(""):
            # A region is demanded and means nothing to most stores that are not Amazon's.
            session = boto3.session.Session()
            region = session.region_name or "us-east-1"
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 5},
                connect_timeout=10,
                read_timeout=60,
                max_pool_connections=64,
                # Checksums of newer SDKs, which other stores may not know; every byte is held against its sha256 here.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            return session.client("s3", region_name=region, config=config)

    def put(self, key: str, path: Path) -> None:
        """Write a file's bytes under a key, whatever stands there."""
        with path.open("rb") as file, self._saying(key):
            self._client.put_object(Bucket=self._name, Key=self._prefix + key, Body=file)

    def create(self, key: str, data: bytes) -> bool:
        """Write bytes under a key where nothing stands there; tell whether they were written (If-None-Match ``*``)."""
        from botocore.exceptions import ClientError

        with self._saying(key):
            try:
                self._client.put_object(Bucket=self._name, Key=self._prefix + key, Body=data, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] in _TAKEN:
                    return False
                raise
        return True

    def get(self, key: str) -> bytes | None:
        """Return the bytes under a key, None where nothing stands there."""
        from botocore.exceptions import ClientError

        with self._saying(key):
            try:
                body = self._client.get_object(Bucket=self._name, Key=self._prefix + key)["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return None
                raise
            return bytes(body.read())

    def list(self, prefix: str) -> Iterator[Object]:
        """Yield all keys that start with a prefix, in the order of their bytes."""
        with self._saying(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._name, Prefix=self._prefix + prefix):
                for found in page.get("Contents", ()):
                    yield Object(found["Key"].removeprefix(self._prefix), found["Size"], found["LastModified"])

    def delete(self, keys: Iterable[str]) -> None:
        """Delete keys; those that are not there do not count.

        Raises:
            StoreError: naming the key that could not be deleted.
        """
        waiting = [{"Key": self._prefix + key} for key in keys]
        for start in range(0, len(waiting), _AT_ONCE):
            with self._saying(""):
                batch = {"Objects": waiting[start : start + _AT_ONCE], "Quiet": True}
                answer = self._client.delete_objects(Bucket=self._name, Delete=batch)
            for wrong in answer.get("Errors", ()):
                raise StoreError(f"{self.url}: {wrong['Key']} cannot be deleted: {wrong.get('Message')}")

    @contextmanager
    def _saying(self, key: str) -> Iterator[None]:
        """Turn an error of the store into one that says where it was and what to do."""
        try:
            from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
        except ImportError:  # said where the client is made
            yield
            return
        where = f"{self.url}/{key}".rstrip("/")
        try:
            yield
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            remedy = _REMEDIES.get(code, "run again; if it stays, ask whoever runs the store")
            raise StoreError(f"{where}: the object store answers {code}: {remedy}") from error
        except NoCredentialsError as error:
            raise StoreError(
                f"{where}: no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file that holds "
                "them in AWS_SHARED_CREDENTIALS_FILE"
            ) from error
        except (BotoCoreError, OSError) as error:
            raise StoreError(
                f"{where}: the object store cannot be reached ({error}): look at AWS_ENDPOINT_URL, the network and the "
                "certificate (AWS_CA_BUNDLE), then run again"
            ) from error
