using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Slipway.Mcp.Consent;

/// <summary>What a client answered, and the state that came back with it.</summary>
/// <param name="Result">The answer; null for one that cannot be read.</param>
/// <param name="State">The state; null for none.</param>
internal sealed record Reply(ElicitResult? Result, string? State);

/// <summary>
/// Asks the person behind a client. Where the protocol has it (revision 2026-07-28, and older sessions that stay connected) the call ends with the question and comes again with the answer; else the
/// question is a request of its own within the call.
/// </summary>
/// <param name="request">The call.</param>
internal sealed class Question(RequestContext<CallToolRequestParams> request)
{
    private const string Key = "approve";

    /// <summary>Whether the client says that it can ask a person.</summary>
    public bool CanAsk => request.Server.ClientCapabilities?.Elicitation is { } elicitation && (elicitation.Form is not null || elicitation.Url is null);

    /// <summary>The answer that this call brings along; null where it brings none.</summary>
    public Reply? Brought()
    {
        if (request.Params?.InputResponses is not { } responses || !responses.TryGetValue(Key, out var response))
        {
            return null;
        }

        try
        {
            return new Reply(response.Deserialize(InputResponse.ElicitResultJsonTypeInfo), request.Params.RequestState);
        }
        catch (JsonException)
        {
            return new Reply(null, request.Params.RequestState);
        }
    }

    /// <summary>Asks; where the answer comes with another call, this one ends here.</summary>
    /// <param name="message">What is asked.</param>
    /// <param name="field">The name of the one text that has to be typed.</param>
    /// <param name="title">What it is.</param>
    /// <param name="state">What ties the answer to the question.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="InputRequiredException">The question is the answer to this call.</exception>
    public async Task<Reply> AskAsync(string message, string field, string title, string state, CancellationToken cancellationToken)
    {
        var asked = new ElicitRequestParams
        {
            Message = message,
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>(StringComparer.Ordinal)
                {
                    [field] = new ElicitRequestParams.StringSchema { Title = title, MaxLength = 64 },
                },
                Required = [field],
            },
        };
        return request.Server.IsMrtrSupported
            ? throw new InputRequiredException(new Dictionary<string, InputRequest>(StringComparer.Ordinal) { [Key] = InputRequest.ForElicitation(asked) }, state)
            : new Reply(await request.Server.ElicitAsync(asked, cancellationToken).ConfigureAwait(false), state);
    }

    /// <summary>The text that was typed; null for none.</summary>
    public static string? Typed(ElicitResult result, string field) =>
        result.Content is { } content && content.TryGetValue(field, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
