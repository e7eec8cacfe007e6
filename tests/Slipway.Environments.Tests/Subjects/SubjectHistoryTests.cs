using Slipway.Core.Identity;
using Slipway.Environments.Subjects;
using Slipway.Environments.Tests.Support;

namespace Slipway.Environments.Tests.Subjects;

/// <summary>Whose last environment it was.</summary>
public sealed class SubjectHistoryTests
{
    private static readonly SlotName Mine = SlotName.Parse($"{new string('a', 40)}-{new string('b', 8)}").Value;
    private static readonly SlotName Other = SlotName.Parse($"{new string('c', 40)}-{new string('d', 8)}").Value;

    [Fact]
    public async Task Records_that_name_an_environment_come_the_newest_first_and_unreadable_ones_are_left_out()
    {
        using var world = new World();
        var history = new SubjectHistory(world.Host);
        Assert.Empty(history.Of(Mine));
        await WriteAsync(history, "/old.py", Mine, day: 1);
        await WriteAsync(history, "/other.py", Other, day: 2);
        await WriteAsync(history, "/new.py", Mine, day: 3);
        await WriteAsync(history, "/also-new.py", Mine, day: 3);
        await File.WriteAllTextAsync($"{world.Layout.Subjects}/torn.json", "{ torn");
        Assert.Equal("/also-new.py /new.py /old.py", string.Join(' ', history.Of(Mine).Select(record => record.Subject)));
        Assert.Equal("/other.py", Assert.Single(history.Of(Other)).Subject);
    }

    private static async Task WriteAsync(SubjectHistory history, string subject, SlotName slot, int day)
    {
        var written = await history.WriteAsync(new SubjectRecord(subject, [], [], slot.ToString(), "reuse", DateTimeOffset.UnixEpoch.AddDays(day)), default);
        Assert.True(written.IsOk, written.ToString());
    }
}
