#include "grammar.hpp"

#include <array>
#include <span>

namespace oneadapt::speech {

namespace {

constexpr std::array digits{"zero", "one", "two",   "three", "four",
                            "five", "six", "seven", "eight", "nine"};

// Twenty-five words beside the digits.
constexpr std::array commands{"turn left",
                              "turn right",
                              "turn around",
                              "turn on the light",
                              "turn off the light",
                              "turn on the music",
                              "turn off the music",
                              "turn on the heater",
                              "turn off the heater",
                              "start the engine",
                              "stop the engine",
                              "open the door",
                              "close the door",
                              "open the window",
                              "close the window",
                              "call home",
                              "increase volume",
                              "decrease volume",
                              "increase the light",
                              "decrease the heater",
                              "go home",
                              "go back",
                              "go left",
                              "go right",
                              "play music",
                              "stop the music",
                              "play the music back",
                              "stop"};

const char* choose(Random& random, std::span<const char* const> words) {
    return words[static_cast<std::size_t>(random.below(static_cast<int>(words.size())))];
}

}  // namespace

std::string digit_string(Random& random, int count) {
    std::string text = choose(random, digits);
    for (int i = 1; i < count; ++i) text += std::string(" ") + choose(random, digits);
    return text;
}

std::string command(Random& random) {
    return choose(random, commands);
}

}  // namespace oneadapt::speech
