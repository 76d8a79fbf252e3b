"""What hi ui prints of its services goes through the one door, whichever process and library writes it."""

import io
import subprocess
import sys

from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.serving import pass_on
from hi_pipeline.core.plain_text import let_pass

SAYS = r"""
import sys
sys.stdout.buffer.write("\x1b[34mWARNING\x1b[0m a\x1b[2Jb\u202ec \u2265 5 [/x]\n".encode() + b"caf\xe9\n")
sys.stdout.flush()
sys.stderr.write("no end of line")
"""


def test_services_steer_no_terminal_and_have_no_colours() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="")
    let_pass(stream)
    with subprocess.Popen([sys.executable, "-c", SAYS], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        assert child.stdout is not None
        pass_on(child.stdout, Printer(file=stream, width=20))
    stream.flush()
    said = stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert said == "WARNING a<U+001B>[2Jb<U+202E>c >= 5 [/x]\ncaf?\nno end of line\n"
