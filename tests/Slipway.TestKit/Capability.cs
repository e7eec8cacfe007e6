namespace Slipway.TestKit;

/// <summary>What a test may need of the machine it runs on.</summary>
public enum Capability
{
    /// <summary>Linux.</summary>
    Linux,

    /// <summary>We are root.</summary>
    Root,

    /// <summary>We can run a command as another user (AsAnotherUser).</summary>
    OtherUser,

    /// <summary>We may mount a tmpfs in a mount namespace of our own.</summary>
    Mount,

    /// <summary>We may make a user namespace.</summary>
    UserNamespace,

    /// <summary>A Python of at least 3.9.</summary>
    Python,

    /// <summary>A <c>/usr/bin/python3</c> whose distribution brings sympy.</summary>
    SystemSympy,

    /// <summary>A <c>/usr/bin/python3</c> whose distribution brings torch.</summary>
    SystemTorch,

    /// <summary>A <c>/usr/bin/python3</c> whose distribution brings jsonschema.</summary>
    JsonSchema,

    /// <summary>A Python with transformers and torch, which <c>SLIPWAY_TEST_TRANSFORMERS</c> names.</summary>
    Transformers,

    /// <summary>A Python with stable-audio-tools, which <c>SLIPWAY_TEST_STABLE_AUDIO</c> names, and a model for it in the directory of <c>SLIPWAY_TEST_STABLE_AUDIO_MODEL</c>.</summary>
    StableAudio,

    /// <summary>A Python with Tinker's own SDK, of a version that sends JSON (before 0.22.3), which <c>SLIPWAY_TEST_TINKER</c> names.</summary>
    TinkerSdk,

    /// <summary>The program <c>tmux</c>.</summary>
    Tmux,

    /// <summary>The program <c>direnv</c>.</summary>
    Direnv,

    /// <summary>The program <c>git</c>.</summary>
    Git,

    /// <summary>The programs <c>node</c> and <c>npm</c>.</summary>
    Npm,

    /// <summary>The program <c>script</c>, which makes a terminal.</summary>
    Terminal,

    /// <summary>The programs <c>ssh</c>, <c>sshd</c> and <c>ssh-keygen</c>.</summary>
    Sshd,

    /// <summary>The program <c>uv</c>.</summary>
    Uv,

    /// <summary>The program <c>micromamba</c>.</summary>
    Micromamba,

    /// <summary>An NVIDIA GPU that <c>nvidia-smi</c> sees.</summary>
    Gpu,
}
