using System.Collections.Immutable;
using System.Security.Cryptography;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Machines.Ssh.Remote;
using Slipway.Mcp.Consent;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Calls;

/// <summary>Answers calls of tools: reads the arguments, keeps scope and limits, asks for consent, runs the verb, and records how it went.</summary>
internal sealed class ToolCalls
{
    private readonly McpSettings _settings;
    private readonly Verbs _verbs;
    private readonly RateLimits _limits;
    private readonly AuditLog _audit;
    private readonly RunPermission _permission;
    private readonly LaunchApproval _approval;

    public ToolCalls(McpSettings settings, AuditLog audit, RateLimits limits)
    {
        _settings = settings;
        _audit = audit;
        _limits = limits;
        _verbs = new Verbs(settings.Machine, settings.Executable, settings.Guard);
        Router = new RunRouter(_verbs);
        _permission = new RunPermission(settings.Money, settings.Policy, settings.Time);
        _approval = new LaunchApproval(settings.Money, settings.Policy, settings.Scope, settings.Time, $"mcp:{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
    }

    /// <summary>Answers about runs.</summary>
    public RunRouter Router { get; }

    /// <summary>Runs a verb that is no tool.</summary>
    public Task<ToolAnswer> RunAsync(ImmutableArray<string> words, CancellationToken cancellationToken) => _verbs.RunAsync(words, null, null, cancellationToken);

    /// <summary>Answers a call.</summary>
    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    /// <exception cref="InputRequiredException">A person is asked, and the call comes again.</exception>
    public async Task<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var name = request.Params?.Name ?? string.Empty;
        if (ToolCatalogue.Find(name) is not { } tool || !_settings.Scope.Shows(tool))
        {
            throw new McpProtocolException("There is no such tool.", McpErrorCode.InvalidParams);
        }

        var call = new Call(tool, request, _settings.Time.GetTimestamp(), new Question(request), request.Server.ClientInfo?.Name);
        if (!ToolArguments.Read(tool, request.Params!.Arguments).TryGet(out var arguments, out var failure))
        {
            return End(call, null, ToolAnswer.Fail(failure));
        }

        try
        {
            return End(call, arguments, await AnswerAsync(call, arguments, cancellationToken).ConfigureAwait(false));
        }
        catch (InputRequiredException)
        {
            Record(call, arguments, "asked");
            throw;
        }
        catch (OperationCanceledException)
        {
            Record(call, arguments, "cancelled");
            throw;
        }
        catch (Exception defect) when (defect is not McpException)
        {
            var shown = _settings.Guard.Short($"{defect.GetType().Name}: {defect.Message}");
            return End(call, arguments, ToolAnswer.Fail(new ToolError(ErrorNames.Internal, "CLI0105", $"Slipway failed unexpectedly: {shown}", "Report this as a defect of Slipway.", false)));
        }
    }

    private async Task<ToolAnswer> AnswerAsync(Call call, ToolArguments arguments, CancellationToken cancellationToken)
    {
        if (_settings.Scope.Refuse(call.Tool, arguments) is { } outside && call.Tool.Effect is not ToolEffect.Spends)
        {
            return ToolAnswer.Fail(outside);
        }

        if (_limits.Take(CallKind.Call) is { } seconds)
        {
            return RateLimits.Refusal(CallKind.Call, seconds);
        }

        // What changes something is recorded before, so that no end of this process hides it.
        if (call.Tool.Effect is not ToolEffect.Reads && _audit.Note(call.Tool.Name, arguments, call.Client, "started", null) is { IsOk: false } unrecorded)
        {
            return ToolAnswer.Fail(unrecorded.Failure);
        }

        var notes = new ProgressNotes(call.Request.Server, call.Request.Params?.ProgressToken);
        try
        {
            return await DoAsync(call, arguments, notes.Told, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await notes.DrainAsync().ConfigureAwait(false);
        }
    }

    private Task<ToolAnswer> DoAsync(Call call, ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken) => call.Tool.Name switch
    {
        "launch_training" => LaunchAsync(call, arguments, progress, cancellationToken),
        "get_training_status" => Router.StatusAsync(arguments, progress, cancellationToken),
        "get_training_logs" => Router.LogsAsync(arguments, progress, cancellationToken),
        "stop_training" => Router.StopAsync(arguments, progress, cancellationToken),
        "list_active_training_jobs" => Router.ListAsync(arguments.Flag("all"), arguments.Text("on"), cancellationToken),
        _ => VerbAsync(call, arguments, progress, cancellationToken),
    };

    private async Task<ToolAnswer> VerbAsync(Call call, ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken)
    {
        var words = call.Tool.Words is { } of ? of(arguments) : MachineTools.RunWorkflow(arguments, _settings.Executable);
        var folder = call.Tool.Folder is { } named ? arguments.Text(named) : null;
        return call.Tool.Effect is ToolEffect.Runs
            && await _permission.RefuseAsync(call.Tool, arguments, CommandOf(words, folder), call.Question, cancellationToken).ConfigureAwait(false) is { } refused
            ? refused
            : await _verbs.RunAsync(words, folder, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ToolAnswer> LaunchAsync(Call call, ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (!arguments.Has("plan_id"))
        {
            return !arguments.Has("template") ? ToolAnswer.Fail(new Failure(McpFailures.InvalidArgument, "launch_training: give plan_id, or template and parameters to plan."))
                : _settings.Scope.Refuse(call.Tool, arguments) is { } outside ? ToolAnswer.Fail(outside)
                : await _verbs.RunAsync(CloudTools.Request(arguments, "plan"), null, progress, cancellationToken).ConfigureAwait(false);
        }

        if (!PlanId.Parse(arguments.Text("plan_id")).TryGet(out var plan, out var failure))
        {
            return ToolAnswer.Fail(failure);
        }

        if (await _approval.RefuseAsync(plan, call.Question, call.Client, cancellationToken).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        return _limits.Take(CallKind.Launch) is { } seconds
            ? RateLimits.Refusal(CallKind.Launch, seconds)
            : await _verbs.RunAsync(["cloud", "launch", "--json", plan.ToString()], null, progress, cancellationToken).ConfigureAwait(false);
    }

    private CallToolResult End(Call call, ToolArguments? arguments, ToolAnswer answer)
    {
        Record(call, arguments, answer.Error?.Code ?? "ok");
        return ToolResults.Of(call.Tool, answer);
    }

    private void Record(Call call, ToolArguments? arguments, string outcome)
    {
        if (_audit.Note(call.Tool.Name, arguments, call.Client, outcome, _settings.Time.GetElapsedTime(call.Began)) is { IsOk: false } failed)
        {
            // The answer is there and was paid for, so it is given; that its record is not must be seen.
            Console.Error.WriteLine($"slipway: warning {failed.Failure}");
        }
    }

    private static string CommandOf(ImmutableArray<string> words, string? folder)
    {
        var command = string.Join(' ', words.Where(static word => word is not "--json").Select(Word).Prepend("slipway"));
        return folder is null ? command : $"cd {Word(folder)} && {command}";
    }

    private static string Word(string word) => word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=@+,".Contains(c, StringComparison.Ordinal)) ? word : ShellText.Quote(word);

    private sealed record Call(McpTool Tool, RequestContext<CallToolRequestParams> Request, long Began, Question Question, string? Client);
}
