from . import test_calendar_day
from . import test_explanation
from . import test_resource_calendar
from . import test_working_time
