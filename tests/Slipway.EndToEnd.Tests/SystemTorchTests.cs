using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>A torch that the distribution installed runs a script through Slipway, as it stands and under packages of our own.</summary>
public sealed class SystemTorchTests(Workbench bench) : IClassFixture<Workbench>
{
    private const int Limit = 240_000;

    [RequiresFact(Capability.Python, Capability.SystemTorch, Timeout = Limit)]
    public async Task Preinstalled_torch_computes_and_starts_warm()
    {
        var project = bench.NewProject();
        File.WriteAllText(Path.Combine(project, "train.py"), Script("""backend = "system" """, "import sys; print(sys.executable == __import__('os').path.realpath('/usr/bin/python3'))"));

        var first = (await bench.RunAsync(project, "run", "train.py")).OrThrow();
        var second = (await bench.RunAsync(project, "run", "train.py")).OrThrow();
        var plan = (await bench.RunAsync(project, "plan", "train.py")).OrThrow();

        var command = (await bench.RunAsync(
            project, "run", "--quiet", "--backend", "system", "--python", "/usr/bin/python3", "--with", "torch>=1.13.0a0", "python", "-c", "import torch; print(torch.__version__)")).OrThrow();

        Assert.StartsWith("1.", command.Stdout, StringComparison.Ordinal);
        Assert.Equal("6.0\nTrue\n", first.Stdout);
        Assert.Equal((first.Stdout, string.Empty), (second.Stdout, second.Stderr));
        Assert.Contains("torch 1.", plan.Stdout, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Capability.SystemTorch, Timeout = Limit)]
    public async Task Virtual_environment_over_the_preinstalled_torch_is_used_as_it_stands()
    {
        var project = bench.NewProject();
        (await CommandRunner.RunAsync("/usr/bin/python3", ["-m", "venv", "--without-pip", "--system-site-packages", $"{project}/own"], bench.Options(project))).OrThrow();
        string[] words =
        [
            "run", "--backend", "system", "--python", "own/bin/python", "--with", "torch>=1.13.0a0", "python", "-c",
            "import os, sys, torch; print(torch.ones(2).sum().item(), sys.prefix, os.environ['VIRTUAL_ENV'], os.environ['PATH'].split(':')[0])",
        ];

        var first = (await bench.RunAsync(project, words)).OrThrow();
        var second = (await bench.RunAsync(project, words)).OrThrow();

        Assert.Equal($"2.0 {project}/own {project}/own {project}/own/bin\n", first.Stdout);
        Assert.Equal((first.Stdout, string.Empty), (second.Stdout, second.Stderr));
    }

    [RequiresFact(Capability.Python, Capability.SystemTorch, Timeout = Limit)]
    public async Task Own_packages_stand_beside_the_preinstalled_torch()
    {
        var project = bench.NewProject();
        File.WriteAllText(Path.Combine(project, "train.py"), Script("system-site-packages = true", "import demo_greeter, sys; print(sys.prefix != sys.base_prefix)"));
        string[] words = ["run", "--find-links", bench.Links.FullPath, "--with", "demo-greeter", "train.py"];

        var first = (await bench.RunAsync(project, words)).OrThrow();
        var second = (await bench.RunAsync(project, words)).OrThrow();

        Assert.Equal("6.0\nTrue\n", first.Stdout);
        Assert.Equal((first.Stdout, string.Empty), (second.Stdout, second.Stderr));
    }

    private static string Script(string setting, string more) => $"""
        # /// script
        # dependencies = ["torch>=1.13.0a0"]
        # [tool.slipway]
        # python = "/usr/bin/python3"
        # {setting}
        # ///
        import torch
        print((torch.ones(2, 3) @ torch.ones(3, 1)).sum().item())
        {more}
        """;
}
