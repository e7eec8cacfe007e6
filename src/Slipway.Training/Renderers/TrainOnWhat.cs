namespace Slipway.Training.Renderers;

/// <summary>Which messages of a conversation are learned.</summary>
public enum TrainOnWhat
{
    /// <summary>The last message, where it is the assistant's.</summary>
    LastAssistantMessage,

    /// <summary>What the assistant says after the last message of the user.</summary>
    LastAssistantTurn,

    /// <summary>All that the assistant says.</summary>
    AllAssistantMessages,

    /// <summary>All that is said.</summary>
    AllMessages,

    /// <summary>All that is said, and who says it.</summary>
    AllTokens,

    /// <summary>All that user and system say.</summary>
    AllUserAndSystemMessages,

    /// <summary>What each message itself says by <see cref="Message.Trainable"/>.</summary>
    Customized,
}

/// <summary>The names of <see cref="TrainOnWhat"/> in settings.</summary>
public static class TrainOnWhatNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrainOnWhat> All { get; } = Enum.GetValues<TrainOnWhat>();

    /// <summary>The name of a mode.</summary>
    public static string Name(this TrainOnWhat mode) => mode switch
    {
        TrainOnWhat.LastAssistantMessage => "last_assistant_message",
        TrainOnWhat.LastAssistantTurn => "last_assistant_turn",
        TrainOnWhat.AllAssistantMessages => "all_assistant_messages",
        TrainOnWhat.AllMessages => "all_messages",
        TrainOnWhat.AllTokens => "all_tokens",
        TrainOnWhat.AllUserAndSystemMessages => "all_user_and_system_messages",
        TrainOnWhat.Customized => "customized",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "No mode."),
    };

    /// <summary>The mode of a name; null when there is none.</summary>
    public static TrainOnWhat? Find(string name) => All.Where(mode => mode.Name() == name).Select(static mode => (TrainOnWhat?)mode).FirstOrDefault();
}
