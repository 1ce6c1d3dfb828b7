import pytest
import torch


@pytest.fixture(autouse=True)
def same_weights():
    """Networks of a test start alike every time; torch's own state is put back."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
