"""What is released: a wheel for each addon, as OCA's packages are."""

import shutil
import subprocess
import sys
import zipfile

import database
import pytest
import tomllib
from conftest import REPO

ADDONS = database.addons()


@pytest.fixture(scope="module", params=ADDONS)
def addon(request):
    return request.param


@pytest.fixture(scope="module")
def wheel(addon, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # whool writes beside its source, and takes the version from git where there is one
    source = folder / addon
    shutil.copytree(REPO / addon, source, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
        + ["--no-index", "-q", "-w", folder, source],
        check=True,
        cwd=folder,
    )
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_build_backend(addon):
    settings = tomllib.loads((REPO / addon / "pyproject.toml").read_text())
    assert settings["build-system"]["build-backend"] == "whool.buildapi"


def test_manifest(addon):
    manifest = ADDONS[addon]
    assert manifest["version"].startswith("19.0.")
    assert manifest["license"] == "LGPL-3"
    assert manifest["summary"]
    for key in ("data", "demo"):
        for file in manifest.get(key, ()):
            assert (REPO / addon / file).is_file(), file
    for bundle, patterns in manifest.get("assets", {}).items():
        for pattern in patterns:
            path = pattern if isinstance(pattern, str) else pattern[-1]
            assert any(REPO.glob(path)), f"{bundle}: nothing is at {path}"


def test_every_data_file_is_in_the_manifest(addon):
    manifest = ADDONS[addon]
    listed = {*manifest.get("data", ()), *manifest.get("demo", ())}
    folders = ("data", "demo", "report", "security", "views", "wizard", "wizards")
    found = {
        str(path.relative_to(REPO / addon))
        for folder in folders
        for kind in ("*.xml", "*.csv")
        for path in (REPO / addon / folder).rglob(kind)
    }
    assert found <= listed, found - listed


def test_description(addon):
    icon = REPO / addon / "static/description/icon.png"
    assert icon.read_bytes().startswith(b"\x89PNG"), "an icon"
    assert (REPO / addon / "README.rst").is_file()


def test_wheel_is_the_addon_and_nothing_else(addon, wheel):
    names = wheel.namelist()
    inside = {
        name.removeprefix(f"odoo/addons/{addon}/")
        for name in names
        if name.startswith(f"odoo/addons/{addon}/")
    }
    metadata = [name for name in names if ".dist-info/" in name]
    assert len(inside) + len(metadata) == len(names), "something else is in the wheel"
    source = {
        str(path.relative_to(REPO / addon))
        for path in (REPO / addon).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # what builds the package is not part of it
    expected = {name for name in source if name != "pyproject.toml"}
    assert inside - {"pyproject.toml"} == expected


def test_wheel_metadata(addon, wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    metadata = wheel.read(name).decode()
    assert f"Name: odoo-addon-{addon.replace('_', '-')}" in metadata.replace("_", "-")
    assert "Version: 19.0." in metadata
    assert "Requires-Dist: odoo" in metadata
    assert "LGPL" in metadata
