#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemes/scheme.hpp"

/// How what a scheme may know is written in the messages of docs/external.md, and read from them.
/// Reading throws InputError, naming `where` and the key, for what the run does not have.
namespace oneadapt::external_values {

using nlohmann::json;

/// The first message: all that stays as it is in a cell.
json start_message(const SchemeSetting& setting, const Testbed& testbed);
/// The message that a segment begins with.
json segment_message(const Testbed& testbed);

json written(const Ledger& ledger);
/// `finished` is a place among the DNNs of the start message, or null.
json written(const ForwardPass& pass);
json written(const Output& output);
/// Its size; the tiles are an act of their own.
json written(const TileMap& map);
/// [row][column].
json tiles(const TileMap& map);
json written(const Configuration& configuration, const KnobSpace& space);

/// {"qp": 30}: of every knob of the run one of its values, of a regional knob one for all regions
/// or a list with one for each.
Configuration read_configuration(const json& from, const KnobSpace& space,
                                 const RegionGrid& regions, const std::string& where);
/// Numbers of regions.
RegionMask read_regions(const json& from, const RegionGrid& regions, const std::string& where);
/// The inverse of written(), of boxes and words; boxes are sorted best first.
Output read_output(const json& from, const std::string& where);

}  // namespace oneadapt::external_values
