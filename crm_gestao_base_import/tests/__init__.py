from . import test_base_import
from . import test_competitor_import
