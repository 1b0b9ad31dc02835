# What `make install` and `make package` put beside the programs: data, the manual page, what
# completes commands in shells.
set(help_folder ${PROJECT_BINARY_DIR}/shell_help)
file(MAKE_DIRECTORY ${help_folder})
# The pages are printed by the program itself, from the options that it has.
add_custom_command(
    OUTPUT ${help_folder}/oneadapt-sim.1 ${help_folder}/oneadapt-sim ${help_folder}/_oneadapt-sim
        ${help_folder}/oneadapt-sim.fish
    COMMAND oneadapt-sim manual > ${help_folder}/oneadapt-sim.1
    COMMAND oneadapt-sim completion bash > ${help_folder}/oneadapt-sim
    COMMAND oneadapt-sim completion zsh > ${help_folder}/_oneadapt-sim
    COMMAND oneadapt-sim completion fish > ${help_folder}/oneadapt-sim.fish
    DEPENDS oneadapt-sim)
add_custom_target(shell_help DEPENDS ${help_folder}/oneadapt-sim.1)

install(FILES ${help_folder}/oneadapt-sim.1 DESTINATION share/man/man1)
install(FILES ${help_folder}/oneadapt-sim DESTINATION share/bash-completion/completions)
install(FILES ${help_folder}/_oneadapt-sim DESTINATION share/zsh/vendor-completions)
install(FILES ${help_folder}/oneadapt-sim.fish DESTINATION share/fish/vendor_completions.d)
install(DIRECTORY datasets experiments DESTINATION share/oneadapt-sim
    PATTERN clips EXCLUDE PATTERN "*.sh" EXCLUDE)
install(PROGRAMS tools/figures.py tools/paper_figures.py tools/paper_style.py
    DESTINATION share/oneadapt-sim/tools)
install(FILES README.md CHANGELOG.md NOTICE DESTINATION share/doc/oneadapt-sim)
install(FILES LICENSE DESTINATION share/doc/oneadapt-sim RENAME copyright)

# To install takes no tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME oneadapt-sim)
set(CPACK_PACKAGE_CONTACT "oneadapt-sim maintainers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trace-driven simulator for streaming DNN analytics")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF)  # modules take what they need from the program
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What is loaded by name: the BLAS that LibTorch is quick with, voices, and figures.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libopenblas0-pthread, espeak-ng-data")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-matplotlib")
include(CPack)
