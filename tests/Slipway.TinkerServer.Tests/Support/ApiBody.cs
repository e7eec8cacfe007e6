namespace Slipway.TinkerApi.Tests.Support;

/// <summary>Bodies as the API's description has them.</summary>
internal static class ApiBody
{
    internal const string Data = """
        [{"model_input":{"chunks":[{"type":"encoded_text","tokens":[10,20,30,40]}]},"loss_fn_inputs":{"target_tokens":{"data":[20,30,40,50],"dtype":"int64","shape":[4]},"weights":{"data":[0.0,1.0,1.0,1.0],"dtype":"float32","shape":[4]}}}]
        """;

    internal static string ForwardBackward(string model, int number, string data = Data, string loss = "\"loss_fn\":\"cross_entropy\"") =>
        $$$"""{"model_id":"{{{model}}}","seq_id":{{{number}}},"forward_backward_input":{{{{loss}}},"data":{{{data}}}}}""";

    internal static string Forward(string model, int number, string data = Data) =>
        $$$"""{"model_id":"{{{model}}}","seq_id":{{{number}}},"forward_input":{"loss_fn":"cross_entropy","data":{{{data}}}}}""";

    internal static string Step(string model, int number, string rate = "0.01") =>
        $$$"""{"model_id":"{{{model}}}","seq_id":{{{number}}},"type":"optim_step","adam_params":{"learning_rate":{{{rate}}},"beta1":0.9,"beta2":0.95,"eps":1e-8,"weight_decay":0.0,"grad_clip_norm":0.0}}""";

    /// <summary>A datum of policy gradients, with any further inputs.</summary>
    internal static string Policy(string more = "") => $$$"""
        [{"model_input":{"chunks":[{"type":"encoded_text","tokens":[10,20]}]},"loss_fn_inputs":{"target_tokens":{"data":[20,30],"dtype":"int64"},"logprobs":{"data":[-1.5,-2],"dtype":"float32"},"advantages":{"data":[1,-0.5],"dtype":"float32"}{{{more}}}}}]
        """;
}
