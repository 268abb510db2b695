"""The office of these tests, published."""
import pytest

from tests.jobs import office


@pytest.fixture
def bureau(app, clock):
    office.publish(clock)
    return app
