using Slipway.TestKit;

namespace Slipway.Mcp.Tests.Support;

/// <summary>A stand-in for our own program: notes each command line and answers as its script says.</summary>
internal static class StandInProgram
{
    private const string Text =
        """
        import json, os, sys
        here = os.path.dirname(os.path.abspath(__file__))
        words = sys.argv[1:]
        with open(os.path.join(here, "calls.jsonl"), "a") as log:
            log.write(json.dumps({"words": words, "cwd": os.getcwd(), "caller": os.environ.get("SLIPWAY_CALLER"), "stdin": sys.stdin.read()}) + "\n")
        with open(os.path.join(here, "answers.json")) as file:
            answers = json.load(file)
        key = max((k for k in answers if " ".join(words).startswith(k)), key=len, default=None)
        answer = answers.get(key, {"document": {"schema": "slipway.error/1", "code": "CLI0101", "exit_code": 64, "message": "No such verb.", "hint": "Look."}, "exit": 64})
        for line in answer.get("stderr", []):
            print(line, file=sys.stderr, flush=True)
        print(answer["raw"] if "raw" in answer else json.dumps(answer["document"]))
        sys.exit(answer.get("exit", 0))
        """;

    public static string Write(string folder) => StandIn.Write(folder, "slipway", $"#!{Pythons.Default.FullPath} -I\n{Text}");
}
