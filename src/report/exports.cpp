#include "report/exports.hpp"

#include "report/compressai.hpp"
#include "report/parquet_ready.hpp"
#include "support/table.hpp"

namespace oneadapt {

const std::vector<ExportKind>& export_table() {
    static const std::vector<ExportKind> table = {
        compressai(),
        parquet_ready(),
        {.name = "coco",
         .summary = "boxes that users saw as COCO has results, scored; replays the run",
         .write = nullptr}};
    return table;
}

const ExportKind& find_export(const std::string& name) {
    return find_row(export_table(), name, "export");
}

}  // namespace oneadapt
