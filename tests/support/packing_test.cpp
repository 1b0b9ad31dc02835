#include "support/packing.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/noise.hpp"

namespace oneadapt::test {
namespace {

TEST(Packing, UnpacksWhatItPacked) {
    for (const std::size_t size : {0U, 1U, 1000U, 3'000'000U}) {
        const Bytes bytes = nth_value(1, size);
        EXPECT_EQ(unpack(pack(bytes)), bytes);
    }
    EXPECT_LT(pack(Bytes(100'000)).size(), 100U);
}

TEST(Packing, RefusesEveryTruncation) {
    const Bytes packed = pack(nth_value(1));
    for (std::size_t size = 0; size < packed.size(); ++size) {
        EXPECT_THROW(unpack(std::span(packed).first(size)), std::invalid_argument) << size;
    }
}

TEST(Packing, RefusesWhatItDidNotPack) {
    EXPECT_THROW(unpack(nth_value(1)), std::invalid_argument);
    Bytes longer = pack(nth_value(1));
    longer.push_back({});
    EXPECT_THROW(unpack(longer), std::invalid_argument);
}

/// A frame's header that promises 2^63 bytes.
TEST(Packing, RefusesHugeSizesWithoutAllocating) {
    Bytes packed;
    for (const int byte : {0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0}) {
        packed.push_back(static_cast<std::byte>(byte));
    }
    EXPECT_THROW(unpack(packed), std::invalid_argument);
}

}  // namespace
}  // namespace oneadapt::test
