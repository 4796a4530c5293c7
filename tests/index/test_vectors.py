import numpy as np
import pytest
from numpy.typing import NDArray

from retentive.index import vectors as module
from retentive.index.vectors import Vectors


def unit_rows(count: int, *, dim: int = 48, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def filled(rows: NDArray[np.float32], *, piece: int) -> Vectors:
    vectors = Vectors(rows.shape[1])
    for start in range(0, len(rows), piece):
        some = rows[start : start + piece]
        vectors = vectors.compact_for(len(some))
        vectors.append(some)
    return vectors


@pytest.fixture(params=[100_000, 3_000], ids=["exact", "compact"])
def exact_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(module, "EXACT_ROWS", request.param)
    return int(request.param)


def test_rows_come_back_as_they_were_added(exact_rows: int) -> None:
    rows = unit_rows(9_000)
    vectors = filled(rows, piece=1_234)
    wanted = np.array([0, 8_999, 4_095, 4_096, 17], np.int32)
    tolerance = 1e-7 if exact_rows > len(rows) else 1e-4
    assert vectors.size == 9_000
    np.testing.assert_allclose(vectors.take(wanted), rows[wanted], atol=tolerance)


def test_cosines_are_those_of_the_rows(exact_rows: int) -> None:
    rows = unit_rows(9_000)
    vectors = filled(rows, piece=5_000)
    every = np.arange(9_000, dtype=np.int32)
    for wanted in (every, every[::50]):
        expected = rows[wanted] @ rows[5]
        np.testing.assert_allclose(
            vectors.cosines(rows[5], wanted), expected, atol=1e-3
        )


def test_the_nearest_rows_are_found_among_those_allowed(exact_rows: int) -> None:
    rows = unit_rows(9_000)
    near = rows[3] + 0.1 * unit_rows(20, seed=1)
    rows[7_000:7_020] = near / np.linalg.norm(near, axis=1, keepdims=True)
    vectors = filled(rows, piece=9_000)
    allowed = np.ones(9_000, np.bool_)
    allowed[7_000:7_010] = False
    found = vectors.nearest(rows[3], allowed, limit=11)
    assert found[0] == 3
    assert set(found[1:].tolist()) == set(range(7_010, 7_020))


def test_a_reader_with_fewer_rows_is_not_disturbed_by_growth(exact_rows: int) -> None:
    rows = unit_rows(2_990)
    reader = filled(rows, piece=2_990)
    grown = reader.compact_for(500)
    grown.append(unit_rows(500, seed=2))
    assert reader.nearest(rows[9], np.ones(2_990, np.bool_), limit=1).tolist() == [9]
    assert grown.size == 3_490


def test_rows_without_a_vector_have_cosine_zero(exact_rows: int) -> None:
    vectors = filled(np.zeros((4, 48), np.float32), piece=4)
    cosines = vectors.cosines(unit_rows(1)[0], np.arange(4, dtype=np.int32))
    assert cosines.tolist() == [0.0, 0.0, 0.0, 0.0]
