#pragma once

namespace oneadapt {

/// Tells people, in one line on standard error, what the exception in flight is; returns its exit
/// code. What is no Error of ours is called an internal error, but for a lack of memory,
/// threads or open files.
int tell_exception();

/// Ends the program as tell_exception() says where nobody can catch an exception: one that a
/// library throws while it is loaded, or on a thread of its own.
void install_last_words();

}  // namespace oneadapt
