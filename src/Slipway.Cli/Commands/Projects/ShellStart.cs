using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cli.Commands.Projects;

/// <summary>
/// How an interactive shell is started so that the environment's prompt and commands come after what the user's own start files do: they often set both anew.
/// The user's files are read first, as always, and none of them is changed.
/// </summary>
/// <param name="Executable">The shell.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">What it needs to be told: <c>NAME=VALUE</c>.</param>
internal sealed record ShellStart(string Executable, ImmutableArray<string> Arguments, ImmutableArray<string> Variables)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The environment's commands first; an interpreter that is used as it stands has none of its own. Whoever shows the prompt by the line for direnv does not see it twice.
    private const string Posix =
        """
        case "$SLIPWAY_SHELL_TREE" in
            CONDA_PREFIX) PATH="$CONDA_PREFIX/bin:$PATH" ;;
            *) [ -z "$VIRTUAL_ENV" ] || PATH="$VIRTUAL_ENV/bin:$PATH" ;;
        esac
        export PATH
        case "$PS1" in
            *SLIPWAY_PROMPT*) ;;
            *) PS1="$SLIPWAY_PROMPT$PS1" ;;
        esac
        """;

    private const string Bash = "[ -f ~/.bashrc ] && . ~/.bashrc\n" + Posix + "\nhash -r\n";

    private const string Zsh = "ZDOTDIR=\"${SLIPWAY_ZDOTDIR:-$HOME}\"\n[ -f \"$ZDOTDIR/.zshrc\" ] && . \"$ZDOTDIR/.zshrc\"\n" + Posix + "\nrehash\n";

    // zsh looks for this one in the same place, and before the other.
    private const string ZshEnvironment = "[ -f \"${SLIPWAY_ZDOTDIR:-$HOME}/.zshenv\" ] && . \"${SLIPWAY_ZDOTDIR:-$HOME}/.zshenv\"\n";

    private const string Fish =
        """
        if test "$SLIPWAY_SHELL_TREE" = CONDA_PREFIX
            set -gx PATH "$CONDA_PREFIX/bin" $PATH
        else if test -n "$VIRTUAL_ENV"
            set -gx PATH "$VIRTUAL_ENV/bin" $PATH
        end
        functions -c fish_prompt _slipway_fish_prompt
        function fish_prompt
            echo -n "$SLIPWAY_PROMPT"
            _slipway_fish_prompt
        end

        """;

    /// <summary>The start of a shell.</summary>
    /// <param name="shell">The absolute path of the shell.</param>
    /// <param name="directory">Where the start files may be written.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static Result<ShellStart> Of(string shell, string directory, Func<string, string?> variable) => Path.GetFileName(shell) switch
    {
        "bash" => Written($"{directory}/bashrc", Bash).Map(path => new ShellStart(shell, ["--rcfile", path, "-i"], [])),
        "zsh" => Written($"{directory}/zsh/.zshenv", ZshEnvironment).Then(_ => Written($"{directory}/zsh/.zshrc", Zsh)).Map(path => new ShellStart(
            shell, ["-i"], [$"ZDOTDIR={Path.GetDirectoryName(path)}", $"SLIPWAY_ZDOTDIR={variable("ZDOTDIR") ?? variable("HOME")}"])),
        "fish" => Written($"{directory}/slipway.fish", Fish).Map(path => new ShellStart(shell, ["-i", "--init-command", $"source '{path.Replace("'", "\\'", StringComparison.Ordinal)}'"], [])),
        _ => Written($"{directory}/shrc", Posix + "\n").Map(path => new ShellStart(shell, ["-i"], [$"ENV={path}"])),
    };

    private static Result<string> Written(string path, string text) => LocalFiles.Write(path, Encoding.UTF8.GetBytes(text), Private).Map(_ => path);
}
