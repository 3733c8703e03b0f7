"""`knobot install` against the embedded cluster, as somebody at a terminal uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from click.testing import CliRunner

from bot.__main__ import main
from tests.contracts.site import Embedded

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "extra"}}
SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "one", "namespace": "extra"},
    "data": {"a": "1"},
}


def test_manifests_are_put_in_twice_with_the_same_end(tmp_path: Path) -> None:
    embedded = Embedded()
    try:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(embedded.cluster.kubeconfig("admin"))
        release = tmp_path / "release.yaml"
        release.write_text(yaml.safe_dump_all([SETTINGS, SYSTEM]))
        arguments = ["install", str(release), "--kubeconfig", str(kubeconfig)]

        refused = CliRunner().invoke(main, arguments, input="n\n")
        once = CliRunner().invoke(main, arguments, input="y\n")
        again = CliRunner().invoke(main, [*arguments, "--yes"])
    finally:
        embedded.stop()

    assert refused.exit_code == 1
    assert "✔" not in refused.output
    assert once.exit_code == again.exit_code == 0, once.output
    assert once.output.splitlines()[0] == "release: 2 objects"
    assert "✔ release" in once.output
    assert again.output.splitlines() == ["release: 2 objects", "✔ release", "All of it is in place."]
