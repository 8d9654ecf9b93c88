"""Behind a proxy: the public address, its path, and whom to believe about addresses."""

import pytest
from projects import rows_table, settings_for
from starlette.testclient import TestClient

from motherlode.errors import InputError
from motherlode.project._accounts import put_account
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app
from motherlode.web._site import Site

PASSWORD = "a long enough password"
SETTINGS = settings_for(rows_table())
PUBLIC = "https://label.example/wells"


@pytest.fixture
def behind(project):
    """A client of a server on this machine, as a proxy before it would call."""
    put_account(project.database, "ann", "admin", PASSWORD)
    live = Live(project)
    app = make_app(project, live, Access(project.database), only_own_names=True, public_url=PUBLIC)
    yield TestClient(app, base_url="http://127.0.0.1:8700", follow_redirects=False)
    live.close()


def enter(client, path="/wells", **headers):
    login = {"name": "ann", "password": PASSWORD}
    return client.post(f"{path}/api/login", json=login, headers=headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "label.example"])
@pytest.mark.parametrize("path", ["/wells", ""])
def test_a_proxy_may_pass_host_and_path_on_or_not(behind, host, path):
    done = enter(behind, path, Host=host, Origin="https://label.example")
    assert done.status_code == 200
    assert "Path=/wells;" in done.headers["set-cookie"]
    assert "Secure" in done.headers["set-cookie"]
    headers = {"Host": host, "Authorization": f"Bearer {done.json()['token']}"}
    for page in ("", "/", "/search", "/docs", "/api/status", "/static/api.js", "/dashboard"):
        assert behind.get(path + page, headers=headers).status_code == 200


def test_links_of_pages_and_rows_hold_the_path(behind):
    headers = {"Authorization": f"Bearer {enter(behind).json()['token']}"}
    for page in ("/", "/search", "/map", "/dashboard", "/docs"):
        text = behind.get(f"/wells{page}", headers=headers).text
        links = text.replace('"/wells/', "").replace('"//', "")
        assert 'href="/' not in links
        assert 'src="/' not in links
        if page not in ("/docs",):
            assert f'href="/wells{page}" aria-current="page"' in text
    assert behind.get("/openapi.json").json()["servers"] == [{"url": "/wells"}]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://label.example"},
        {"Origin": "http://label.example", "Host": "label.example"},
        {"Origin": "https://label.example:8443"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "https://label.example"},
        {"Host": "label.example.evil.example"},
    ],
)
def test_other_sites_are_refused_behind_a_proxy_too(behind, headers):
    assert enter(behind, **headers).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["label.example", "ftp://label.example", "https://", "https://a:b@c/", "https://h/?x", "https://h:x",
     "https://h/#x", "https://h/a b", 'https://h/"', "https://h//a", "https://[::1", ""],
)  # fmt: skip
def test_a_public_address_is_what_people_type(address):
    with pytest.raises(InputError, match="give what people type"):
        Site(SETTINGS, address)


@pytest.mark.parametrize(
    ("address", "origin", "root"),
    [
        ("https://Label.Example:443/", "https://label.example", ""),
        ("http://h:8080/a/b/", "http://h:8080", "/a/b"),
        ("https://münze.example/x", "https://xn--mnze-0ra.example", "/x"),
        ("https://[::1]:8443", "https://[::1]:8443", ""),
    ],
)
def test_origins_are_written_as_browsers_do(address, origin, root):
    site = Site(SETTINGS, address)
    assert (site.origin, site.root) == (origin, root)
