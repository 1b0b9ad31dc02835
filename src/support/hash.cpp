#include "support/hash.hpp"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <new>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {

std::string Hash128::hex() const {
    return fmt::format("{:016x}{:016x}", high, low);
}

Hash128 Hash128::from_hex(std::string_view text) {
    Hash128 hash;
    const auto half = [&](std::size_t from, std::uint64_t& out) {
        const char* end = text.data() + from + 16;
        const auto [stop, error] = std::from_chars(text.data() + from, end, out, 16);
        return error == std::errc{} && stop == end;
    };
    if (text.size() != 32 || !half(0, hash.high) || !half(16, hash.low)) {
        throw std::invalid_argument("not a 128-bit hexadecimal hash: " + std::string(text));
    }
    return hash;
}

void Hasher::Free::operator()(XXH3_state_s* state) const {
    XXH3_freeState(state);
}

Hasher& Hasher::bytes(std::span<const std::byte> data) {
    if (!state_ && data.size() <= little_.size() - size_) {
        std::ranges::copy(data, little_.data() + size_);
        size_ += data.size();
        return *this;
    }
    if (!state_) {
        state_.reset(XXH3_createState());
        if (!state_) throw std::bad_alloc();
        XXH3_128bits_reset(state_.get());
        XXH3_128bits_update(state_.get(), little_.data(), size_);
    }
    XXH3_128bits_update(state_.get(), data.data(), data.size());
    return *this;
}

Hasher& Hasher::add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    return bytes(std::as_bytes(std::span(text)));
}

Hash128 Hasher::finish() const {
    const XXH128_hash_t digest =
        state_ ? XXH3_128bits_digest(state_.get()) : XXH3_128bits(little_.data(), size_);
    return {digest.high64, digest.low64};
}

namespace {

Hash128 hash_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    if (failed) {
        throw InputError(folder.string(), "cannot be read", "check the folder's permissions");
    }
    std::ranges::sort(files);
    Hasher hasher;
    for (const std::filesystem::path& file : files) {
        hasher.add(file.filename().string()).add(hash_file(file));
    }
    return hasher.finish();
}

}  // namespace

Hash128 hash_file(const std::filesystem::path& file) {
    std::error_code failed;
    if (std::filesystem::is_directory(file, failed)) return hash_folder(file);
    check_regular(file, FileRole::input, "name an existing file");
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw InputError(file.string(), "cannot be read", "name an existing, readable file");
    }
    Hasher hasher;
    std::vector<char> chunk(1 << 20);
    while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0) {
        hasher.bytes(std::as_bytes(std::span(chunk.data(), static_cast<std::size_t>(in.gcount()))));
    }
    if (in.bad()) {
        throw InputError(file.string(), "reading it failed", "check the disk and the permissions");
    }
    return hasher.finish();
}

}  // namespace oneadapt
