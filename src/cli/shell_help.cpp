#include "cli/shell_help.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "cli/version.hpp"
#include "report/exports.hpp"
#include "run/fields.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

struct OptionHelp {
    std::string name;  ///< "--knob", or what a positional argument is called
    std::string text;
    bool has_value = false;
    bool positional = false;
    std::vector<std::string> values = {};  ///< that it may have, where they are known
    bool list = false;                     ///< several of them, parted by commas
};

struct CommandHelp {
    std::string name;  ///< "" for the program itself, "model check" for what is nested
    std::string text;
    std::vector<OptionHelp> options = {};
};

/// What is known of the values of an option, of whatever command.
void add_values(OptionHelp& option) {
    const auto field = std::ranges::find(fields(), option.name, &Field::option);
    if (field != fields().end()) {
        option.values = field->choices;
        option.list = field->often == Often::list;
    } else if (option.name == "--as") {
        for (const ExportKind& kind : export_table()) option.values.push_back(kind.name);
    }
}

std::vector<OptionHelp> options_of(const CLI::App& app) {
    std::vector<OptionHelp> all;
    for (const CLI::Option* option : app.get_options()) {
        const bool positional = option->get_lnames().empty();
        all.push_back(
            {.name = positional ? option->get_single_name() : "--" + option->get_lnames().front(),
             .text = option->get_description(),
             .has_value = option->get_items_expected_max() > 0,
             .positional = positional});
        add_values(all.back());
    }
    return all;
}

void add_commands(const CLI::App& app, const std::string& name, std::vector<CommandHelp>& all) {
    all.push_back({.name = name, .text = app.get_description(), .options = options_of(app)});
    for (const CLI::App* inner : app.get_subcommands([](const CLI::App*) { return true; })) {
        add_commands(*inner, name.empty() ? inner->get_name() : name + " " + inner->get_name(),
                     all);
    }
}

std::vector<CommandHelp> commands_of(const CLI::App& app) {
    std::vector<CommandHelp> all;
    add_commands(app, "", all);
    return all;
}

/// The word that a shell completes: of "model check", "check".
std::string last_word(const std::string& name) {
    return name.substr(name.rfind(' ') + 1);
}

/// What stands before the last word: of "model check", "model".
std::string parent(const std::string& name) {
    const std::size_t space = name.rfind(' ');
    return space == std::string::npos ? "" : name.substr(0, space);
}

/// What can follow a command: options, and commands below it.
std::vector<std::string> words_after(const CommandHelp& command,
                                     const std::vector<CommandHelp>& all) {
    std::vector<std::string> words;
    for (const CommandHelp& inner : all) {
        if (!inner.name.empty() && parent(inner.name) == command.name) {
            words.push_back(last_word(inner.name));
        }
    }
    for (const OptionHelp& option : command.options) {
        if (!option.positional) words.push_back(option.name);
    }
    return words;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

/// A text between the single quotes of a shell.
std::string in_quotes(const std::string& text) {
    return replaced(text, "'", "'\\''");
}

/// Finds the command in a loop over the words before the current one.
std::string command_cases(const std::vector<CommandHelp>& all) {
    std::string text = "        case \"$command $word\" in\n";
    for (const CommandHelp& command : all) {
        if (command.name.empty()) continue;
        text += fmt::format("            '{} {}') command='{}' ;;\n", parent(command.name),
                            last_word(command.name), command.name);
    }
    return text + "        esac\n";
}

/// Every option that takes a value, once.
std::map<std::string, OptionHelp> options_with_values(const std::vector<CommandHelp>& all) {
    std::map<std::string, OptionHelp> options;
    for (const CommandHelp& command : all) {
        for (const OptionHelp& option : command.options) {
            if (option.has_value && !option.positional) options.emplace(option.name, option);
        }
    }
    return options;
}

/// Commands are the words before the first option; values of options are files unless known.
std::string bash_text(const std::vector<CommandHelp>& all) {
    std::string text =
        "# bash completion of oneadapt-sim\n"
        "_oneadapt_sim() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local command= word words= before=\n"
        "    COMPREPLY=()\n"
        "    case \"$previous\" in\n";
    std::vector<std::string> of_files;
    for (const auto& [name, option] : options_with_values(all)) {
        if (option.values.empty()) {
            of_files.push_back(name);
            continue;
        }
        text += fmt::format("        {}) words='{}'{} ;;\n", name, fmt::join(option.values, " "),
                            option.list ? " before=list" : "");
    }
    text += fmt::format("        {}) return ;;\n    esac\n", fmt::join(of_files, "|"));
    text +=
        "    if [[ -n $words ]]; then\n"
        "        [[ $before == list ]] && before=${current%\"${current##*,}\"}\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${current#\"$before\"}\")\n"
        "        COMPREPLY=(\"${COMPREPLY[@]/#/$before}\")\n"
        "        return\n"
        "    fi\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n" +
        command_cases(all) +
        "    done\n"
        "    case \"$command\" in\n";
    for (const CommandHelp& command : all) {
        text += fmt::format("        '{}') words='{}' ;;\n", command.name,
                            fmt::join(words_after(command, all), " "));
    }
    text +=
        "    esac\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
        "}\n"
        "complete -o default -F _oneadapt_sim oneadapt-sim\n";
    return text;
}

/// A description as zsh's _arguments wants it.
std::string zsh_described(const OptionHelp& option) {
    std::string text = in_quotes(option.text);
    for (const char* special : {"\\", "[", "]", ":"}) {
        text = replaced(text, special, std::string("\\") + special);
    }
    std::string value = option.has_value ? ":value:_files" : "";
    if (!option.values.empty()) {
        const std::string values = fmt::format("{}", fmt::join(option.values, " "));
        value = option.list ? ":value:_values -s , value " + values : ":value:(" + values + ")";
    }
    return fmt::format("'*{}[{}]{}'", option.name, text, value);
}

std::string zsh_text(const std::vector<CommandHelp>& all) {
    std::string text =
        "#compdef oneadapt-sim\n"
        "_oneadapt_sim() {\n"
        "    local command= word\n"
        "    for word in \"${words[@]:1:$((CURRENT-2))}\"; do\n" +
        command_cases(all);
    text += "    done\n    case \"$command\" in\n";
    for (const CommandHelp& command : all) {
        std::vector<std::string> specs;
        std::vector<std::string> below;
        for (const CommandHelp& inner : all) {
            if (!inner.name.empty() && parent(inner.name) == command.name) {
                below.push_back(last_word(inner.name));
            }
        }
        if (!below.empty()) specs.push_back(fmt::format("'*:command:({})'", fmt::join(below, " ")));
        if (below.empty()) specs.emplace_back("'*:file:_files'");
        for (const OptionHelp& option : command.options) {
            if (!option.positional) specs.push_back(zsh_described(option));
        }
        text += fmt::format("        '{}') _arguments {} ;;\n", command.name,
                            fmt::join(specs, " \\\n            "));
    }
    return text + "    esac\n}\n_oneadapt_sim \"$@\"\n";
}

/// What fish is told of an option's value: words, a file, or that there is none.
std::string fish_value(const OptionHelp& option) {
    if (!option.has_value) return "-f";
    if (option.values.empty()) return "-r";
    const std::string values = fmt::format("{}", fmt::join(option.values, " "));
    return option.list ? "-x -a '(__fish_append , " + values + ")'" : "-x -a '" + values + "'";
}

std::string fish_text(const std::vector<CommandHelp>& all) {
    std::string text = "# fish completion of oneadapt-sim\n";
    const auto condition = [](const std::string& name) {
        if (name.empty()) return std::string("__fish_use_subcommand");
        return fmt::format("__fish_seen_subcommand_from {}", last_word(name));
    };
    for (const CommandHelp& command : all) {
        if (!command.name.empty()) {
            text += fmt::format("complete -c oneadapt-sim -f -n '{}' -a {} -d '{}'\n",
                                condition(parent(command.name)), last_word(command.name),
                                replaced(command.text, "'", "\\'"));
        }
        for (const OptionHelp& option : command.options) {
            if (option.positional) continue;
            text += fmt::format("complete -c oneadapt-sim -n '{}' -l {} {} -d '{}'\n",
                                condition(command.name), option.name.substr(2), fish_value(option),
                                replaced(option.text, "'", "\\'"));
        }
    }
    return text;
}

/// A text in roff: what would be a command at the start of a line, or an escape, is none.
std::string roff(const std::string& text) {
    const std::string escaped = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
    return replaced("\n" + escaped, "\n.", "\n\\&.").substr(1);
}

std::string manual_of(const CommandHelp& command) {
    std::string text;
    for (const OptionHelp& option : command.options) {
        text += fmt::format(".TP\n.B {}{}\n{}\n", roff(option.name),
                            option.has_value && !option.positional ? " \\fIVALUE\\fR" : "",
                            roff(option.text));
    }
    return text;
}

}  // namespace

std::string completion_text(const CLI::App& app, const std::string& shell) {
    const std::vector<CommandHelp> all = commands_of(app);
    if (shell == "bash") return bash_text(all);
    if (shell == "zsh") return zsh_text(all);
    if (shell == "fish") return fish_text(all);
    throw UsageError("completion " + shell, "is unknown", "choose from bash, zsh, fish");
}

std::string manual_text(const CLI::App& app) {
    const std::vector<CommandHelp> all = commands_of(app);
    std::string text = fmt::format(
        ".TH ONEADAPT\\-SIM 1 \"\" \"oneadapt\\-sim {}\"\n.SH NAME\n"
        "oneadapt\\-sim \\- trace\\-driven simulator for streaming DNN analytics\n"
        ".SH SYNOPSIS\n.B oneadapt\\-sim\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]\n"
        ".SH DESCRIPTION\n{}\n.SH OPTIONS\nWithout a command:\n",
        kVersion, roff(app.get_description()));
    text += manual_of(all.front()) + ".SH COMMANDS\n";
    for (std::size_t i = 1; i < all.size(); ++i) {
        text +=
            fmt::format(".SS \"oneadapt\\-sim {}\"\n{}\n", roff(all[i].name), roff(all[i].text));
        text += manual_of(all[i]);
    }
    return text + ".SH EXAMPLES AND EXIT CODES\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
}

}  // namespace oneadapt
