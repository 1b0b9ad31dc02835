#include "support/input_file.hpp"

#include <fstream>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16Marks[] = {"\xFF\xFE", "\xFE\xFF"};

const char* kind_name(fs::file_type type) {
    switch (type) {
        case fs::file_type::directory:
            return "a folder";
        case fs::file_type::fifo:
            return "a pipe";
        case fs::file_type::socket:
            return "a socket";
        default:
            return "a device";
    }
}

}  // namespace

void fail(FileRole role, const std::string& where, const std::string& problem,
          const std::string& remedy) {
    if (role == FileRole::model) throw ModelError(where, problem, remedy);
    throw InputError(where, problem, remedy);
}

void check_regular(const fs::path& file, FileRole role, const std::string& wanted) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found) {
        fail(role, file.string(), "does not exist", wanted);
    }
    if (status.type() == fs::file_type::none) {
        fail(role, file.string(), fmt::format("cannot be read ({})", error.message()), wanted);
    }
    if (!fs::is_regular_file(status)) {
        fail(role, file.string(),
             fmt::format("is {}, not a regular file", kind_name(status.type())), wanted);
    }
}

std::string read_bytes(const fs::path& file, FileRole role, const std::string& wanted,
                       std::uintmax_t most) {
    check_regular(file, role, wanted);
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error && size > most) {
        fail(role, file.string(), fmt::format("has {} bytes", size),
             fmt::format("a file of its kind has at most {}", most));
    }
    std::ifstream in(file, std::ios::binary);
    std::string bytes(error ? 0 : size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (error || !in) {
        fail(role, file.string(), "cannot be read", "check the disk and the permissions");
    }
    return bytes;
}

std::string read_text(const fs::path& file, FileRole role, const std::string& wanted) {
    std::string text = read_bytes(file, role, wanted, kLargestText);
    for (const std::string_view mark : kUtf16Marks) {
        if (text.starts_with(mark)) {
            fail(role, file.string(), "is UTF-16 text", "save it as UTF-8");
        }
    }
    if (text.starts_with(kUtf8Mark)) text.erase(0, kUtf8Mark.size());
    return text;
}

}  // namespace oneadapt
