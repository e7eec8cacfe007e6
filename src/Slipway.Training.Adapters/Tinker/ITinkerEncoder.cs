using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>The form in which examples, prompts and their results travel. There is JSON now; the service's own client has begun to use another.</summary>
internal interface ITinkerEncoder
{
    /// <summary>The media type of what is sent.</summary>
    string ContentType { get; }

    /// <summary>One example, to be counted and put into a request.</summary>
    byte[] Example(Datum datum);

    /// <summary>A forward pass over examples, with gradients or without.</summary>
    byte[] Pass(string model, long sequence, ImmutableArray<byte[]> examples, LossFunction loss, bool backward);

    /// <summary>A request for samples of one prompt.</summary>
    byte[] Sample(string session, long sequence, SamplePrompt prompt, SampleRequest request);

    /// <summary>What a pass gave.</summary>
    Result<ForwardOutput> ReadPass(byte[] body, ImmutableArray<Datum> data);

    /// <summary>What was drawn.</summary>
    Result<SampleOutput> ReadSample(byte[] body, SampleRequest request);
}
