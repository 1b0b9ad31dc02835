const char* oneadapt_interface(void) {
    return "of other headers";
}
