"""How the contracts write arrays: for type checkers, so that numpy is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]
    RowArray = NDArray[np.int32]
