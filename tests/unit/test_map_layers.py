"""A deployer's folder of map layers: what is one, and what is said of what is none."""

import gzip
import json
from pathlib import Path

import pytest

from floodcore.wire.map_layers import LayerUnusable, complaints, layer_files, read_layer

RIVER = {"type": "Feature", "geometry": None, "properties": {"name": "金水河", "provenance": "real"}}
ONE = json.dumps({"type": "FeatureCollection", "features": [RIVER]}).encode()


def test_files_are_layers_by_their_names_and_all_others_are_not(tmp_path: Path) -> None:
    for name in (
        "rivers.geojson",
        "roads.geojson.gz",
        "README.md",
        "Roads.geojson",
        "a-b.geojson",
        f"{'x' * 41}.geojson",
    ):
        (tmp_path / name).write_bytes(ONE)
    (tmp_path / "grid.geojson").mkdir()
    assert {name: file.name for name, file in layer_files(tmp_path).items()} == {
        "rivers": "rivers.geojson",
        "roads": "roads.geojson.gz",
    }


def test_a_packed_file_is_kept_as_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "rivers.geojson.gz"
    file.write_bytes(gzip.compress(ONE))
    layer = read_layer("rivers", file)
    assert (layer.content, layer.unpacked, layer.n_features) == (file.read_bytes(), ONE, 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half"),
        pytest.param(b"[]", id="another-thing"),
        pytest.param(b'{"type": "Feature", "features": []}', id="a-single-feature"),
        pytest.param(b'{"type": "FeatureCollection", "features": [1]}', id="features-that-are-none"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b"[" * 100_000, id="deeper-than-anybody-reads"),
    ],
)
@pytest.mark.parametrize("ending", [".geojson", ".geojson.gz"])
def test_a_file_that_is_no_collection_is_named_with_what_to_do(tmp_path: Path, content: bytes, ending: str) -> None:
    file = tmp_path / f"roads{ending}"
    file.write_bytes(gzip.compress(content) if ending.endswith("gz") else content)
    with pytest.raises(LayerUnusable, match=r"roads\.geojson.* is no GeoJSON FeatureCollection .*; mend the file"):
        read_layer("roads", file)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ONE, id="not-packed-at-all"),
        pytest.param(gzip.compress(ONE)[:-12], id="cut-off"),
        pytest.param(gzip.compress(b" " * 65_000_000), id="small-on-disk-alone"),
    ],
)
def test_a_packed_file_that_is_not_what_it_says_is_passed_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "roads.geojson.gz"
    file.write_bytes(content)
    with pytest.raises(LayerUnusable, match="is passed over"):
        read_layer("roads", file)


def test_what_a_deployer_should_mend_is_said_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "rivers.geojson").write_bytes(ONE)
    assert list(complaints(tmp_path)) == []
    (tmp_path / "sites.geojson").write_bytes(ONE)  # the product's own
    (tmp_path / "roads.geojson").write_bytes(b"{")
    roads, sites = complaints(tmp_path)
    assert "roads.geojson is passed over: it is no GeoJSON" in roads
    assert "the map has a layer sites of its own" in sites
    (missing,) = complaints(tmp_path / "nowhere")
    assert missing.endswith("correct ONEMAP_MAP__LAYERS.")
