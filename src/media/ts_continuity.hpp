#pragma once

#include <cstdint>
#include <filesystem>

namespace oneadapt {

/// Whether the MPEG-TS packet at `offset` does not go on from the one of its stream before: there a
/// recording was joined to another, or what lay between is lost. Packets take `packet_bytes` each
/// (188, or more with a time stamp before or a checksum behind). False where no packet is.
bool breaks_continuity(const std::filesystem::path& file, std::int64_t offset, int packet_bytes);

}  // namespace oneadapt
