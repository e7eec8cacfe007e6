namespace Slipway.Training.Data;

/// <summary>Settings of one step of AdamW (Loshchilov and Hutter, 2019): decoupled weight decay, moments corrected for their bias.</summary>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Weight decay, times the learning rate.</param>
/// <param name="ClipNorm">The most that the norm of all gradients may be; 0 for no limit.</param>
public sealed record AdamParameters(
    double LearningRate = 1e-4, double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8, double WeightDecay = 0, double ClipNorm = 0);

/// <summary>A low-rank adapter (Hu et al., LoRA, 2021). The scale is 32 / rank, and the second matrix starts as zeros.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Seed">The seed of the first matrix; the service chooses when there is none.</param>
/// <param name="TrainMlp">Whether feed-forward layers are adapted.</param>
/// <param name="TrainAttention">Whether attention is adapted.</param>
/// <param name="TrainUnembedding">Whether the last layer, from hidden states to tokens, is adapted.</param>
public sealed record LoraSettings(int Rank = 32, long? Seed = 0, bool TrainMlp = true, bool TrainAttention = true, bool TrainUnembedding = true);
