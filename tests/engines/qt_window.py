"""A window of QtWebEngine; run by the system's Python, which has Debian's PyQt5. Spoken to by its debugging port."""

import sys

# Of the system, not of our environment: nothing of it can be checked here.
from PyQt5.QtCore import QUrl  # type: ignore[import-not-found]
from PyQt5.QtWebEngineWidgets import QWebEngineView  # type: ignore[import-not-found]
from PyQt5.QtWidgets import QApplication  # type: ignore[import-not-found]

application = QApplication(sys.argv)
view = QWebEngineView()
view.resize(412, 839)
view.setUrl(QUrl("about:blank"))
view.show()
sys.exit(application.exec_())
