using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;
using YamlDotNet.RepresentationModel;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class TaskYamlTests
{
    private static readonly string[] Hostile =
    [
        "plain", "", " ", "a: b", "!tag x", "&a *a", "- x", "# c", "\"q\" 'q'", "line\nline\n", "\ttab\r\n", "no", "null", "1e3", "0x10", "{a: b}", "|", "%Y", "@x", "`x`", "ä🚀\u2028\u0085\u007f\u0001", "\\n", "---\n...", "${HOME} $(x)", "\ufeffbom",
    ];

    internal static SkyTask Full { get; } = new("slipway-20261122t022900-7f3a9c21", "timeout 60 bash run.sh\n", new SkyResources
    {
        Infra = "nebius/eu-north1",
        InstanceType = "gpu-l40s-a_1gpu-8vcpu-32gb",
        Accelerator = "L40S",
        DiskGib = 100,
        MaxHourlyUsd = 1.71m,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("slipway-run", "7f3a9c21"),
        Autostop = new SkyAutostop(10, Down: true, SkyWaitFor.Jobs),
        Recovery = new SkyRecovery("FAILOVER", 1),
    })
    {
        Envs = ImmutableSortedDictionary<string, string>.Empty.Add("RUN_ID", "7f3a9c21"),
        Secrets = ImmutableSortedDictionary<string, string>.Empty.Add("HF_TOKEN", "geheim"),
        Workdir = WorkdirPacker.RemotePath,
    };

    [Fact]
    public void A_task_is_written_whole_and_without_setup()
    {
        var yaml = SkyTaskWriter.Write(Full, new SkyCapabilities(55)).Value;
        Assert.Empty(yaml.Warnings);
        Snapshot.Match(yaml.Text);
        Assert.DoesNotContain("geheim", yaml.ToString() + Full, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(43, 1, false, true)]
    [InlineData(41, 2, false, false)]
    public void What_an_older_server_does_not_know_is_left_out_and_named(int api, int warnings, bool cap, bool access)
    {
        var yaml = SkyTaskWriter.Write(Full, new SkyCapabilities(api)).Value;
        Assert.Equal(warnings, yaml.Warnings.Length);
        Assert.Equal((cap, access), (yaml.Text.Contains("max_hourly_cost", StringComparison.Ordinal), yaml.Text.Contains("api_server_access", StringComparison.Ordinal)));
    }

    [Fact]
    public void Hostile_texts_come_back_from_YamlDotNet()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Yaml()));
        var envs = (YamlMappingNode)stream.Documents[0].RootNode["envs"];
        Assert.Equal(string.Join('|', Hostile), string.Join('|', Enumerable.Range(0, Hostile.Length).Select(at => ((YamlScalarNode)envs[$"V{at}"]).Value)));
    }

    [RequiresFact(Capability.Python)]
    public async Task Hostile_texts_come_back_from_PyYAML()
    {
        var done = await CommandRunner.RunAsync("/usr/bin/python3", ["-c", "import sys, json\ntry:\n import yaml\nexcept ImportError:\n print('none'); sys.exit()\nprint(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))"], new CommandOptions { StandardInput = Yaml() });
        var output = done.OrThrow().Stdout.Trim();
        if (output != "none")
        {
            var read = JsonDocument.Parse(output).RootElement;
            Assert.Equal(string.Join('|', Hostile), string.Join('|', Enumerable.Range(0, Hostile.Length).Select(at => read.GetProperty("envs").GetProperty($"V{at}").GetString())));
            Assert.Equal("H200:2 False 8", $"H200:{read.GetProperty("resources").GetProperty("any_of")[0].GetProperty("accelerators").GetProperty("H200")} {read.GetProperty("resources").GetProperty("use_spot").GetBoolean()} {read.GetProperty("resources").GetProperty("accelerators").GetProperty("H100")}");
        }
    }

    [Theory]
    [InlineData("a\0b", "A")]
    [InlineData("x", "A-B")]
    [InlineData("x", "1A")]
    [InlineData("x", "")]
    public void What_cannot_be_a_text_or_a_name_is_refused(string value, string name)
    {
        var task = Full with { Envs = ImmutableSortedDictionary<string, string>.Empty.Add(name, value) };
        Assert.Equal("CLD0123", SkyTaskWriter.Write(task, new SkyCapabilities(55)).Failure.Code.Id);
    }

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Equal("CLD0123", SkyTaskWriter.Write(Full with { Run = "echo " + (char)0xd83d }, new SkyCapabilities(55)).Failure.Code.Id);

    private static string Yaml() => SkyTaskWriter.Write(
        new SkyTask("t", "true", new SkyResources { Accelerator = "H100", AcceleratorCount = 8, AnyOf = [new SkyResources { Accelerator = "H200", AcceleratorCount = 2 }, new SkyResources { Infra = "k8s", UseSpot = true }] })
        {
            Envs = Hostile.Select((text, at) => KeyValuePair.Create($"V{at}", text)).ToImmutableSortedDictionary(StringComparer.Ordinal),
        },
        new SkyCapabilities(55)).Value.Text;
}
