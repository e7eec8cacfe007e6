using System.Collections.Concurrent;

namespace Slipway.TestKit;

/// <summary>Finds out what this machine can do; each question is asked once a process.</summary>
public static class Capabilities
{
    private static readonly ConcurrentDictionary<Capability, string> Answers = new();
    private static readonly CommandOptions Briefly = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Why a capability is absent, or null when it is there.</summary>
    public static string? WhyNot(Capability capability)
    {
        var answer = Answers.GetOrAdd(capability, static asked => Ask(asked) ?? string.Empty);
        return answer.Length == 0 ? null : answer;
    }

    /// <summary>Whether a capability is there.</summary>
    public static bool Has(Capability capability) => WhyNot(capability) is null;

    private static string? Ask(Capability capability) => capability switch
    {
        Capability.Linux => OperatingSystem.IsLinux() ? null : "this is not Linux",
        Capability.Root => Native.EffectiveUserId() == 0 ? null : "we are not root",
        Capability.OtherUser => AsAnotherUser.WhyNot,
        Capability.Mount => Try("unshare", ["--mount", "--", "mount", "-t", "tmpfs", "slipway-test", "/mnt"]),
        Capability.UserNamespace => Try("unshare", ["--user", "--map-root-user", "--", "true"]),
        Capability.Python => Pythons.TryFindDefault() is null ? "there is no Python >= 3.9" : null,
        Capability.SystemSympy => Try("/usr/bin/python3", ["-I", "-c", "import sympy"]),
        Capability.SystemTorch => Try("/usr/bin/python3", ["-I", "-c", "import torch"]),
        Capability.JsonSchema => Try("/usr/bin/python3", ["-I", "-c", "from jsonschema import Draft202012Validator"]),
        Capability.Transformers => Named("SLIPWAY_TEST_TRANSFORMERS") ?? Try(Environment.GetEnvironmentVariable("SLIPWAY_TEST_TRANSFORMERS")!, ["-I", "-c", "import transformers, torch"]),
        Capability.StableAudio => Named("SLIPWAY_TEST_STABLE_AUDIO") ?? Named("SLIPWAY_TEST_STABLE_AUDIO_MODEL")
            ?? Try(Environment.GetEnvironmentVariable("SLIPWAY_TEST_STABLE_AUDIO")!, ["-I", "-c", "import stable_audio_tools"]),
        Capability.TinkerSdk => Named("SLIPWAY_TEST_TINKER") ?? Try(Environment.GetEnvironmentVariable("SLIPWAY_TEST_TINKER")!, ["-c", "import tinker.resources.training as t; assert not hasattr(t, '_PROTO_CONTENT_TYPE'), 'it sends protobuf'"]),
        Capability.Tmux => Need("tmux"),
        Capability.Direnv => Need("direnv"),
        Capability.Git => Need("git"),
        Capability.Npm => Need("node", "npm"),
        Capability.Terminal => Need("script"),
        Capability.Sshd => Need("ssh", "/usr/sbin/sshd", "ssh-keygen"),
        Capability.Uv => Need("uv"),
        Capability.Micromamba => Need("micromamba"),
        Capability.Gpu => Try("nvidia-smi", ["-L"]),
        _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, message: null),
    };

    private static string? Named(string variable) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)) ? $"{variable} is not set" : null;

    private static string? Need(params ReadOnlySpan<string> programs)
    {
        foreach (var program in programs)
        {
            if (Programs.TryFind(program) is null)
            {
                return $"the program {program} is not there";
            }
        }

        return null;
    }

    private static string? Try(string program, IReadOnlyList<string> arguments)
    {
        if (Need(program) is { } absent)
        {
            return absent;
        }

        // Attributes are read by the test runner, which cannot await.
        var result = Task.Run(() => CommandRunner.RunAsync(program, arguments, Briefly)).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? null : $"'{program} {string.Join(' ', arguments)}' fails: {result.Stderr.Trim()}";
    }
}
