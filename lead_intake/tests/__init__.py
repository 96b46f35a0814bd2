from . import test_calendar_day
from . import test_completeness
from . import test_explanation
from . import test_registration
from . import test_resource_calendar
from . import test_working_time
from . import test_review
from . import test_industry
