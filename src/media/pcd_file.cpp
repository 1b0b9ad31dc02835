#include "media/pcd_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <lzf.h>

#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// More points than any sensor's turn has; keeps sizes far from overflow.
constexpr std::size_t kMostPoints = 1 << 24;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;  ///< of all points together
constexpr std::size_t kMostNumbers = 4096;                ///< per point

constexpr std::array<const char*, 4> kColumns = {"x", "y", "z", "intensity"};
constexpr std::array<const char*, 3> kIntensityNames = {"intensity", "Intensity", "i"};

/// What a point has under one name: `count` numbers of one type.
struct Field {
    std::string name;
    char type = 'F';  ///< F float, I signed, U unsigned
    std::size_t size = 4;
    std::size_t count = 1;
};

struct Header {
    std::vector<Field> fields;
    std::size_t points = 0;
    std::string data;       ///< ascii, binary or binary_compressed
    std::size_t start = 0;  ///< offset of the data
    int lines = 0;          ///< of the header

    std::size_t point_bytes() const {
        std::size_t sum = 0;
        for (const Field& field : fields) sum += field.size * field.count;
        return sum;
    }
};

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

/// Reads the lines up to DATA and makes sense of them.
class HeaderParser {
  public:
    HeaderParser(const std::string& bytes, const fs::path& file) : bytes_(bytes), file_(file) {}

    Header parse() {
        collect();
        for (const char* key : {"FIELDS", "SIZE", "TYPE", "WIDTH", "HEIGHT", "POINTS"}) {
            if (!values_.contains(key)) {
                refuse(fmt::format("has a header without {}", key), "add that line before DATA");
            }
        }
        read_fields();
        read_points();
        header_.data = only("DATA");
        if (header_.data != "ascii" && header_.data != "binary" &&
            header_.data != "binary_compressed") {
            refuse_line("DATA", fmt::format("'{}' is unknown", header_.data),
                        "ascii, binary or binary_compressed are read");
        }
        return header_;
    }

  private:
    struct Line {
        int number;
        std::vector<std::string> words;
    };

    void collect() {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (bytes_.starts_with(kByteOrderMark)) header_.start = kByteOrderMark.size();
        while (!values_.contains("DATA")) {
            const std::size_t end = bytes_.find('\n', header_.start);
            if (end == std::string::npos) {
                refuse("has no line DATA",
                       "a PCD file is a header that ends with DATA, and points");
            }
            std::vector<std::string> words =
                words_of(bytes_.substr(header_.start, end - header_.start));
            header_.start = end + 1;
            ++header_.lines;
            if (words.empty() || words.front().starts_with('#')) continue;
            const std::string key = words.front();
            words.erase(words.begin());
            static constexpr std::array<std::string_view, 10> kKeys = {
                "VERSION", "FIELDS", "SIZE",      "TYPE",   "COUNT",
                "WIDTH",   "HEIGHT", "VIEWPOINT", "POINTS", "DATA"};
            if (std::ranges::find(kKeys, key) == kKeys.end()) {
                throw InputError(fmt::format("{}, line {}", file_.string(), header_.lines),
                                 "is no line of a PCD header", "mend it, or write the file again");
            }
            values_[key] = {header_.lines, std::move(words)};
        }
    }

    [[noreturn]] void refuse(const std::string& problem, const std::string& remedy) const {
        throw InputError(file_.string(), problem, remedy);
    }
    [[noreturn]] void refuse_line(const std::string& key, const std::string& problem,
                                  const std::string& remedy) const {
        throw InputError(
            fmt::format("{}, line {}: {}", file_.string(), values_.at(key).number, key), problem,
            remedy);
    }

    const std::string& only(const std::string& key) const {
        const auto& words = values_.at(key).words;
        if (words.size() != 1) refuse_line(key, "has not one value", "write one");
        return words.front();
    }

    std::size_t number(const std::string& key, const std::string& word, std::size_t most) const {
        const auto value = number_in<std::size_t>(word);
        if (!value || *value > most) {
            refuse_line(key, fmt::format("'{}' is out of range", word),
                        fmt::format("write a whole number from 0 to {}", most));
        }
        return *value;
    }

    /// The words of a line that has one for each field.
    const std::vector<std::string>& per_field(const std::string& key) const {
        const auto& words = values_.at(key).words;
        if (words.size() != header_.fields.size()) {
            refuse_line(key, fmt::format("has {} values", words.size()),
                        fmt::format("FIELDS names {}", header_.fields.size()));
        }
        return words;
    }

    void read_fields() {
        for (const std::string& name : values_.at("FIELDS").words) {
            header_.fields.emplace_back().name = name;
        }
        std::size_t numbers = 0;
        for (std::size_t i = 0; i < header_.fields.size(); ++i) {
            Field& field = header_.fields[i];
            const std::string& type = per_field("TYPE")[i];
            field.size = number("SIZE", per_field("SIZE")[i], 8);
            const bool known =
                (type == "F" && (field.size == 4 || field.size == 8)) ||
                ((type == "I" || type == "U") &&
                 (field.size == 1 || field.size == 2 || field.size == 4 || field.size == 8));
            if (!known) {
                refuse_line("TYPE", fmt::format("'{}' of size {} is unknown", type, field.size),
                            "F has 4 or 8 bytes, I and U 1, 2, 4 or 8");
            }
            field.type = type.front();
            if (values_.contains("COUNT")) {
                field.count = number("COUNT", per_field("COUNT")[i], kMostNumbers);
            }
            numbers += field.count;
        }
        if (numbers > kMostNumbers) {
            refuse(fmt::format("has {} numbers per point", numbers),
                   fmt::format("at most {} are read", kMostNumbers));
        }
        name_intensity();
        check_columns();
    }

    /// Drivers give the intensity several names; the first that is there counts.
    void name_intensity() {
        for (const char* name : kIntensityNames) {
            const auto found = std::ranges::find(header_.fields, name, &Field::name);
            if (found == header_.fields.end()) continue;
            found->name = kColumns.back();
            return;
        }
    }

    void check_columns() const {
        for (const char* name : kColumns) {
            const auto count = std::ranges::count(header_.fields, name, &Field::name);
            const auto found = std::ranges::find(header_.fields, name, &Field::name);
            if (count == 0 && std::string_view(name) == "intensity") continue;
            if (count != 1 || found->count != 1) {
                refuse_line("FIELDS", fmt::format("has no single number '{}'", name),
                            "a point needs x, y and z, and may have intensity (or i)");
            }
        }
    }

    void read_points() {
        header_.points = number("POINTS", only("POINTS"), kMostPoints);
        const std::size_t width = number("WIDTH", only("WIDTH"), kMostPoints);
        const std::size_t height = number("HEIGHT", only("HEIGHT"), kMostPoints);
        if (width * height != header_.points) {
            refuse_line(
                "POINTS",
                fmt::format("{} is not WIDTH {} x HEIGHT {}", header_.points, width, height),
                "mend the header");
        }
        if (header_.points * header_.point_bytes() > kMostBytes) {
            refuse(fmt::format("announces {} points of {} bytes", header_.points,
                               header_.point_bytes()),
                   fmt::format("at most {} bytes are read", kMostBytes));
        }
    }

    const std::string& bytes_;
    const fs::path& file_;
    Header header_;
    std::map<std::string, Line> values_;
};

/// A number of a type in memory, as a float.
float number_at(const char* bytes, const Field& field) {
    const auto as = [bytes]<class Number>(Number value) {
        std::memcpy(&value, bytes, sizeof value);
        return static_cast<float>(value);
    };
    const bool is_signed = field.type == 'I';
    if (field.type == 'F') return field.size == 4 ? as(float{}) : as(double{});
    switch (field.size) {
        case 1:
            return is_signed ? as(std::int8_t{}) : as(std::uint8_t{});
        case 2:
            return is_signed ? as(std::int16_t{}) : as(std::uint16_t{});
        case 4:
            return is_signed ? as(std::int32_t{}) : as(std::uint32_t{});
        default:
            return is_signed ? as(std::int64_t{}) : as(std::uint64_t{});
    }
}

/// Points in memory: one after the other, or (compressed) field after field.
cv::Mat gather(std::string_view data, const Header& header, bool field_by_field) {
    cv::Mat points = cv::Mat::zeros(static_cast<int>(header.points), 4, CV_32F);
    std::size_t start = 0;
    for (const Field& field : header.fields) {
        const std::size_t bytes = field.size * field.count;
        const std::size_t stride = field_by_field ? bytes : header.point_bytes();
        const auto column = std::ranges::find(kColumns, field.name);
        if (column != kColumns.end()) {
            for (std::size_t i = 0; i < header.points; ++i) {
                points.at<float>(static_cast<int>(i), static_cast<int>(column - kColumns.begin())) =
                    number_at(data.data() + start + i * stride, field);
            }
        }
        start += field_by_field ? bytes * header.points : bytes;
    }
    return points;
}

void check_length(std::size_t there, std::size_t wanted, const Header& header,
                  const fs::path& file) {
    if (there >= wanted) return;
    throw InputError(
        file.string(),
        fmt::format("ends at offset {}, {} bytes early", header.start + there, wanted - there),
        fmt::format("{} points were announced; copy the file again", header.points));
}

cv::Mat read_binary(std::string_view data, const Header& header, const fs::path& file) {
    check_length(data.size(), header.points * header.point_bytes(), header, file);
    return gather(data, header, false);
}

cv::Mat read_compressed(std::string_view data, const Header& header, const fs::path& file) {
    const std::size_t wanted = header.points * header.point_bytes();
    std::array<std::uint32_t, 2> sizes{};  // packed and unpacked
    check_length(data.size(), sizeof sizes, header, file);
    std::memcpy(sizes.data(), data.data(), sizeof sizes);
    check_length(data.size() - sizeof sizes, sizes[0], header, file);
    if (sizes[1] != wanted) {
        throw InputError(
            fmt::format("{}, offset {}", file.string(), header.start + sizeof(std::uint32_t)),
            fmt::format("announces {} bytes of points, not {}", sizes[1], wanted),
            "the header does not fit the data; write the file again");
    }
    constexpr std::size_t kMostExpansion = 264;  // of LZF: its longest match takes three bytes
    std::string unpacked(std::min(wanted, kMostExpansion * sizes[0]), '\0');
    if (wanted > 0 && lzf_decompress(data.data() + sizeof sizes, sizes[0], unpacked.data(),
                                     static_cast<std::uint32_t>(unpacked.size())) != wanted) {
        throw InputError(fmt::format("{}, offset {}", file.string(), header.start + sizeof sizes),
                         "has damaged compressed data", "copy the file again");
    }
    return gather(unpacked, header, true);
}

/// The row of a line of text.
void read_line(const std::vector<std::string>& words, const Header& header, float* row,
               const std::string& where) {
    std::size_t next = 0;
    for (const Field& field : header.fields) {
        const auto column = std::ranges::find(kColumns, field.name);
        if (column != kColumns.end() && next < words.size()) {
            const auto value = any_number_in<double>(words[next]);
            if (!value) {
                throw InputError(where, fmt::format("'{}' is not a number", words[next]),
                                 "mend the line; a missing return is nan");
            }
            row[column - kColumns.begin()] = static_cast<float>(*value);
        }
        next += field.count;
    }
    if (next != words.size()) {
        throw InputError(where, fmt::format("has {} numbers", words.size()),
                         fmt::format("the header announces {} per point", next));
    }
}

cv::Mat read_ascii(std::string_view data, const Header& header, const fs::path& file) {
    // A point takes two bytes at least, so that a lying header cannot make this allocate at will.
    const std::size_t most = std::min(header.points, data.size() / 2 + 1);
    cv::Mat points = cv::Mat::zeros(static_cast<int>(most), 4, CV_32F);
    std::istringstream lines{std::string(data)};
    std::string line;
    std::size_t read = 0;
    for (int number = header.lines + 1; std::getline(lines, line); ++number) {
        const std::vector<std::string> words = words_of(line);
        if (words.empty()) continue;
        const std::string where = fmt::format("{}, line {}", file.string(), number);
        if (read == header.points) {
            throw InputError(where, fmt::format("follows the last of {} points", header.points),
                             "mend POINTS, WIDTH and HEIGHT");
        }
        read_line(words, header, points.ptr<float>(static_cast<int>(read++)), where);
    }
    if (read < header.points) {
        throw InputError(file.string(),
                         fmt::format("ends after {} of {} points", read, header.points),
                         "copy the file again, or mend POINTS, WIDTH and HEIGHT");
    }
    return points;
}

}  // namespace

cv::Mat parse_pcd(const std::string& bytes, const fs::path& file) {
    const Header header = HeaderParser(bytes, file).parse();
    const std::string_view data = std::string_view(bytes).substr(header.start);
    if (header.data == "ascii") return read_ascii(data, header, file);
    return header.data == "binary" ? read_binary(data, header, file)
                                   : read_compressed(data, header, file);
}

}  // namespace oneadapt
