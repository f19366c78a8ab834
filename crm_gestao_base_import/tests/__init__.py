from . import test_base_import
