#pragma once

#include "report/exports.hpp"

namespace oneadapt {

/// Every table of a results folder as a CSV that needs no guessing: a column `run` before its own,
/// the name of the folder, so that those of several runs can stand below each other; and
/// `schema.json`, an object with a list of {"name", "type"} for each table, where a type is
/// "string" or "double" and an empty field of a double is a null.
ExportKind parquet_ready();

}  // namespace oneadapt
