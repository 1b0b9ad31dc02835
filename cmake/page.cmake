# The parts of the page that `oneadapt-sim report` writes, as a header.
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH REQUIRED)
set(page ${PROJECT_SOURCE_DIR}/src/report/page)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${page}/frame.html ${page}/style.css ${page}/page.js ${CHART_JS})
file(READ ${page}/frame.html PAGE_FRAME)
file(READ ${page}/style.css PAGE_STYLE)
file(READ ${page}/page.js PAGE_SCRIPT)
file(READ ${CHART_JS} PAGE_CHART)
configure_file(${PROJECT_SOURCE_DIR}/src/report/page_parts.hpp.in
    ${PROJECT_BINARY_DIR}/generated/report/page_parts.hpp @ONLY)
