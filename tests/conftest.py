import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # how long a machine takes is no property of the code
settings.load_profile("suite")


@pytest.fixture
def mixed_frame():
    """A fraud-like frame of 400 rows: floats, integers, booleans, categories, missing values."""
    rng = np.random.default_rng(0)
    n = 400
    y = (rng.random(n) < 0.15).astype(int)
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3 + 1.5 * y, 1.0),
            "hour": rng.integers(0, 24, n),
            "new_account": rng.random(n) < 0.2 + 0.5 * y,
            "type": pd.Categorical(rng.choice(["bill", "cash_out", "transfer"], n)),
            "region": rng.choice(["north", "south", "east"], n),
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.normal(400 - 200 * y, 80)),
        }
    )
    return frame, y
