"""A real nginx with TLS, set up as docs/howto/team.md says, before a real server."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
PAGE = Path(__file__).parent.parent / "docs" / "howto" / "team.md"
_SERVE = [sys.executable, "-c", "from motherlode.cli import main; main()", "serve"]
_FRAME = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {server}
}}
"""


@dataclass(frozen=True)
class Proxied:
    """A project at `public`, which nginx passes on to a server at `direct`."""

    public: str
    direct: str
    certificate: Path


@contextmanager
def serving(project: Path, *options: str) -> Iterator[str]:
    """Run ``motherlode serve`` without a trainer; gives its own address."""
    port = free_port()
    command = [*_SERVE, str(project), "--no-trainer", "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert "Open " in server.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@contextmanager
def behind_nginx(project: Path, folder: Path) -> Iterator[Proxied]:
    """Serve a project with accounts behind nginx."""
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("There is no nginx here; `apt-get install nginx-light openssl` brings it")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, "-keyout", key, "-out", certificate, *name], check=True,
                   capture_output=True)  # fmt: skip
    port = free_port()
    public = f"https://localhost:{port}/wells"
    options = ["--public-url", public, "--proxy", "127.0.0.1"]
    with serving(project, *options) as direct:
        block = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
        for documented, here in {
            "listen 443": f"listen 127.0.0.1:{port}",
            "label.example;": "localhost;",
            "/etc/ssl/label.example.pem": str(certificate),
            "/etc/ssl/label.example.key": str(key),
            "http://127.0.0.1:8700": direct,
        }.items():
            assert documented in block
            block = block.replace(documented, here)
        with _running(block, port, folder):
            yield Proxied(public, direct, certificate)


@contextmanager
def nginx_before(direct: str, folder: Path) -> Iterator[str]:
    """Run nginx without TLS before a server that need not run; gives the address to call."""
    if NGINX is None:
        pytest.skip("There is no nginx here; `apt-get install nginx-light` brings it")
    port = free_port()
    block = f"""
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {direct}; proxy_http_version 1.1; proxy_set_header Connection "";
        }}
    }}
    """
    with _running(block, port, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(block: str, port: int, folder: Path) -> Iterator[None]:
    (folder / "nginx.conf").write_text(_FRAME.format(folder=folder, server=block))
    command = [NGINX, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    with subprocess.Popen(command) as nginx:
        try:
            _wait_for(port)
            yield
        finally:
            nginx.terminate()


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, "nginx does not listen"
            time.sleep(0.05)
