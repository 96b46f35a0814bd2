"""A plugin of pytest: freeze the clock without looking through libraries that never ask for it.

Each start of freezegun reads every module that is loaded, and a thousand tests start it.
"""

import freezegun

UNTOUCHED = [
    *("OpenSSL", "PIL", "PyPDF2", "_pytest", "asn1crypto", "astroid", "asyncio", "chardet"),
    *("cryptography", "ctypes", "docutils", "encodings", "geoip2", "gevent", "greenlet"),
    *("hypothesis", "idna", "importlib", "jinja2", "json", "lxml", "maxminddb", "num2words"),
    *("ofxparse", "openpyxl", "passlib", "phonenumbers", "pluggy", "polib", "pygments", "pylint"),
    *("pypdf", "pytest", "qrcode", "reportlab", "requests", "sass", "stdnum", "unittest"),
    *("urllib3", "vobject", "xlrd", "xlsxwriter", "xlwt", "xml", "zeep"),
]

freezegun.configure(extend_ignore_list=UNTOUCHED)
