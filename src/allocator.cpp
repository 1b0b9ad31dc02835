#include <jemalloc/jemalloc.h>

/// What jemalloc reads when the program starts. The program allocates by jemalloc because glibc's
/// allocator scatters what long recordings free: on point clouds its memory grew with each segment
/// (docs/speed.md). By default jemalloc would hand feature maps back to the kernel after every
/// frame and have them cleared again for the next, an eighth of the time.
const char* malloc_conf = "oversize_threshold:0";
