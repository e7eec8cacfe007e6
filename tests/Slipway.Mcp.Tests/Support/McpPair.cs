using System.IO.Pipelines;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Mcp.Calls;
using Slipway.Mcp.Tools;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests.Support;

/// <summary>A server over the stand-in program and a client of the SDK, joined by pipes; all that the server writes is kept.</summary>
internal sealed class McpPair : IAsyncDisposable
{
    public const string Old = "2025-06-18";
    public const string New = "2026-07-28";

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<Result<Unit>> _served;
    private readonly Pipe _toServer = new();
    private readonly Recorder _wire;
    private readonly Pipe _toClient = new();

    private McpPair(ToolScope scope, IReadOnlyDictionary<string, string> variables, Dictionary<string, object> answers)
    {
        Program = StandInProgram.Write(_folder.CreateFolder("program"));
        Answers(answers);
        Money = new MoneyFolder(_folder.Combine("state", "money"));
        Policy = new PolicyFile(_folder.Combine("config", "policy.toml"));
        var settings = new McpSettings(new LocalMachine(), Program, Money, Policy, AuditFolder, TextGuard.For(variables), Time, "0.0.1") { Scope = scope };
        _wire = new Recorder(_toClient.Writer.AsStream());
        _served = Task.Run(() => SlipwayServer.ServeAsync(settings, _toServer.Reader.AsStream(), _wire, _stop.Token));
    }

    public string Program { get; }

    public MoneyFolder Money { get; }

    public PolicyFile Policy { get; }

    public ManualTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public McpClient Client { get; private set; } = null!;

    public string AuditFolder => _folder.Combine("state", "mcp");

    public string Audit => File.ReadAllText(Path.Combine(AuditFolder, "audit.jsonl"));

    public string Wire => _wire.Text;

    public string ProgramFolder => _folder.Combine("program");

    /// <summary>The command lines that the stand-in got.</summary>
    public IReadOnlyList<JsonElement> Calls => File.Exists(_folder.Combine("program", "calls.jsonl"))
        ? [.. File.ReadAllLines(_folder.Combine("program", "calls.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement)]
        : [];

    public IReadOnlyList<string> Lines => [.. Calls.Select(static call => string.Join(' ', call.GetProperty("words").EnumerateArray().Select(static word => word.GetString())))];

    public static async Task<McpPair> StartAsync(
        Dictionary<string, object> answers, string version = New, Func<ElicitRequestParams?, ElicitResult>? person = null, ToolScope? scope = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        var pair = new McpPair(scope ?? ToolScope.All, variables ?? new Dictionary<string, string>(StringComparer.Ordinal), answers);
        var options = new McpClientOptions { ProtocolVersion = version, ClientInfo = new Implementation { Name = "tester", Version = "1" } };
        if (person is not null)
        {
            options.Handlers = new McpClientHandlers { ElicitationHandler = (asked, _) => ValueTask.FromResult(person(asked)) };
        }

        pair.Client = await McpClient.CreateAsync(new StreamClientTransport(pair._toServer.Writer.AsStream(), pair._toClient.Reader.AsStream()), options);
        return pair;
    }

    public void Answers(Dictionary<string, object> answers) => File.WriteAllText(_folder.Combine("program", "answers.json"), JsonSerializer.Serialize(answers));

    public async Task<CallToolResult> CallAsync(string tool, object? arguments = null)
    {
        var given = JsonSerializer.SerializeToElement(arguments ?? new { }).EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value, StringComparer.Ordinal);
        return await Client.CallToolAsync(tool, given);
    }

    /// <summary>Writes a policy of the user.</summary>
    public void WritePolicy(string run)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Policy.Path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Policy.Path, $"per_run_max_usd = \"10.00\"\ndaily_max_usd = \"20.00\"\nmonthly_max_usd = \"100.00\"\n\n[mcp]\nrun = \"{run}\"\n");
        File.SetUnixFileMode(Policy.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Closes the client's end and waits for the server's.</summary>
    public async Task<Result<Unit>> EndAsync()
    {
        await _toServer.Writer.CompleteAsync();
        return await _served.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _toServer.Writer.CompleteAsync();
        await _served.WaitAsync(TimeSpan.FromSeconds(30));
        await Client.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    private sealed class Recorder(Stream inner) : Stream
    {
        private readonly MemoryStream _kept = new();

        public string Text
        {
            get
            {
                lock (_kept)
                {
                    return System.Text.Encoding.UTF8.GetString(_kept.ToArray());
                }
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Keep(buffer.AsSpan(offset, count));
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Keep(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        private void Keep(ReadOnlySpan<byte> bytes)
        {
            lock (_kept)
            {
                _kept.Write(bytes);
            }
        }
    }
}
