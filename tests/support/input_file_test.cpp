#include "support/input_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/hash.hpp"
#include "support/json.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

class InputFile : public ::testing::Test {
  protected:
    void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }
    std::string text() const { return read_text(file_, FileRole::input, "name a text"); }
    /// Every reader refuses it alike, and none waits for it.
    void refuses(const fs::path& file, const std::string& message) const {
        const auto says = [&](const auto& read) {
            EXPECT_THAT(read, ThrowsMessage<InputError>(HasSubstr(file.string() + ": " + message)));
        };
        says([&] { read_text(file, FileRole::input, "name a text"); });
        says([&] { read_json(file, FileRole::input); });
        EXPECT_THROW(read_json(file, FileRole::model), ModelError);
    }

    test::TempFolder folder_;
    fs::path file_ = folder_ / "file";
};

TEST_F(InputFile, TextIsReadWithoutItsByteOrderMark) {
    write("\xEF\xBB\xBF\r\n0,2\xEF\xBB\xBF\n");
    EXPECT_EQ(text(), "\r\n0,2\xEF\xBB\xBF\n") << "only the first mark is none of the text";
    write("\xEF\xBB");
    EXPECT_EQ(text(), "\xEF\xBB");
    write("");
    EXPECT_EQ(text(), "");
    write("\xEF\xBB\xBF{\"a\": 1}");
    EXPECT_EQ(read_json(file_, FileRole::input)["a"], 1);
    for (const std::string mark : {"\xFF\xFE", "\xFE\xFF"}) {
        write(mark + std::string("0\0,\0", 4));
        refuses(file_, "is UTF-16 text; save it as UTF-8");
    }
}

TEST_F(InputFile, BytesAreReadAsTheyAre) {
    const std::string bytes("\xEF\xBB\xBF\0\r\n\xFF", 7);
    write(bytes);
    EXPECT_EQ(read_bytes(file_, FileRole::input, "", bytes.size()), bytes);
    EXPECT_THAT(
        [&] { read_bytes(file_, FileRole::input, "", bytes.size() - 1); },
        ThrowsMessage<InputError>(HasSubstr("has 7 bytes; a file of its kind has at most")));
}

TEST_F(InputFile, OnlyRegularFilesAreRead) {
    refuses(file_, "does not exist");
    refuses(folder_.path(), "is a folder, not a regular file");
    refuses("/dev/zero", "is a device, not a regular file");
    ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
    refuses(file_, "is a pipe, not a regular file");
    EXPECT_THAT([&] { hash_file(file_); }, ThrowsMessage<InputError>(HasSubstr("is a pipe")));
    fs::create_symlink(file_, folder_ / "link");
    refuses(folder_ / "link", "is a pipe, not a regular file");
    EXPECT_NO_THROW(hash_file(folder_.path())) << "a pipe in a folder is not of the clip";

    const fs::path address = folder_ / "socket";
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, address.c_str(), sizeof name.sun_path - 1);
    ASSERT_EQ(bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    refuses(address, "is a socket, not a regular file");
    close(socket);
}

TEST_F(InputFile, ATextHasABoundedSize) {
    write("");
    fs::resize_file(file_, kLargestText + 1);  // a hole, which takes no room on the disk
    refuses(file_, "has 134217729 bytes; a file of its kind has at most 134217728");
}

TEST_F(InputFile, JsonHasABoundedDepth) {
    const auto nested = [&](std::size_t levels) {
        write(std::string(levels, '[') + std::string(levels, ']'));
    };
    nested(64);
    EXPECT_NO_THROW(read_json(file_, FileRole::input));
    nested(100'000);
    EXPECT_THAT([&] { read_json(file_, FileRole::input); },
                ThrowsMessage<InputError>(HasSubstr("is nested more than 64 levels deep")));
}

TEST(Errors, AreOneLineWhateverTheNames) {
    EXPECT_STREQ(InputError("a\nb\x1b", "key 'x\ty' is\r\nunknown", "mend it").what(),
                 "a b : key 'x y' is  unknown; mend it");
}

}  // namespace
}  // namespace oneadapt
