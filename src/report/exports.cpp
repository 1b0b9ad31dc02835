#include "report/exports.hpp"

#include "report/compressai.hpp"
#include "report/parquet_ready.hpp"
#include "support/table.hpp"

namespace oneadapt {

const std::vector<ExportKind>& export_table() {
    static const std::vector<ExportKind> table = {compressai(), parquet_ready()};
    return table;
}

const ExportKind& find_export(const std::string& name) {
    return find_row(export_table(), name, "export");
}

}  // namespace oneadapt
