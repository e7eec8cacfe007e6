using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Tests.Support;
using Slipway.Store.Verification;

namespace Slipway.Store.Tests.Verification;

/// <summary>Verification sees every kind of change.</summary>
public sealed class SlotVerifierTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly StoreFixture _store = new();
    private readonly SlotVerifier _verifier;

    public SlotVerifierTests() => _verifier = new SlotVerifier(_store.Layout);

    public void Dispose() => _store.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("rm file", TreeDifferenceKind.Missing, "file")]
    [InlineData("echo x >stray", TreeDifferenceKind.Stray, "stray")]
    [InlineData("rm file; mkdir file", TreeDifferenceKind.KindChanged, "file")]
    [InlineData("rm file; ln -s folder/second file", TreeDifferenceKind.KindChanged, "file")]
    [InlineData("echo longer >>file", TreeDifferenceKind.SizeChanged, "file")]
    [InlineData("printf CONTENT >file", TreeDifferenceKind.ContentChanged, "file")]
    [InlineData("chmod a+x file", TreeDifferenceKind.ModeChanged, "file")]
    [InlineData("chmod 700 folder", TreeDifferenceKind.ModeChanged, "folder")]
    [InlineData("ln -sfn file link", TreeDifferenceKind.TargetChanged, "link")]
    public async Task Change_of_the_tree_is_found(string change, TreeDifferenceKind kind, string path)
    {
        var slot = await PublishAsync();
        Change(slot, change);
        var report = _verifier.Verify(slot, default).Ok();
        Assert.False(report.IsIntact);
        Assert.Equal(new TreeDifference(kind, path), Assert.Single(report.Differences));
    }

    [Fact(Timeout = Limit)]
    public async Task Tree_as_published_is_intact_also_when_only_times_changed()
    {
        var slot = await PublishAsync();
        Change(slot, "touch -d 2001-01-01 file folder");
        Assert.True(_verifier.Verify(slot, default).Ok().IsIntact);
    }

    [Fact(Timeout = Limit)]
    public async Task Root_that_can_be_written_again_is_found()
    {
        var slot = await PublishAsync();
        LocalFiles.SetMode(_store.Layout.Root(slot), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).Ok();
        Assert.Equal(new TreeDifference(TreeDifferenceKind.ModeChanged, "."), Assert.Single(_verifier.Verify(slot, default).Ok().Differences));
    }

    [Fact(Timeout = Limit)]
    public async Task Link_in_the_place_of_a_slot_is_damage_however_right_it_looks()
    {
        var slot = await PublishAsync();
        var elsewhere = $"{_store.Outside}/elsewhere";
        LocalFiles.Move(_store.Layout.Slot(slot), elsewhere).Ok();
        File.CreateSymbolicLink(_store.Layout.Slot(slot), elsewhere);
        Assert.Contains("symbolic link", _verifier.Verify(slot, default).Fails(StoreFailures.Damaged).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Missing_tree_or_a_link_in_its_place_is_damage()
    {
        var slot = await PublishAsync();
        LocalFiles.Move(_store.Layout.Root(slot), $"{_store.Layout.Slot(slot)}/elsewhere").Ok();
        _verifier.Verify(slot, default).Fails(StoreFailures.Damaged);
        File.CreateSymbolicLink(_store.Layout.Root(slot), "elsewhere");
        _verifier.Verify(slot, default).Fails(StoreFailures.Damaged);
    }

    [Theory(Timeout = Limit)]
    [InlineData("rm ../inventory")]
    [InlineData("sed -i s/content/other/ ../inventory; echo x >>../inventory")]
    [InlineData(": >../inventory")]
    public async Task Damaged_inventory_is_damage(string change)
    {
        var slot = await PublishAsync();
        Change(slot, change);
        _verifier.Verify(slot, default).Fails(StoreFailures.Damaged);
    }

    [Fact(Timeout = Limit)]
    public async Task Unpublished_slot_and_unreadable_record_are_not_verified()
    {
        _verifier.Verify(StoreFixture.Slot(9), default).Fails(StoreFailures.NoSuchEnvironment);
        var slot = await PublishAsync();
        Change(slot, "echo {} >../meta.json");
        _verifier.Verify(slot, default).Fails(StoreFailures.UnreadableRecord);
    }

    private async Task<SlotName> PublishAsync()
    {
        var slot = StoreFixture.Slot(1);
        var fill = StoreFixture.Shell("cd \"$1\"; printf content >file; mkdir folder; echo second >folder/second; ln -s folder/second link", _store.Layout.Root(slot));
        (await _store.TryPublishAsync(slot, [fill])).Ok();
        return slot;
    }

    private void Change(SlotName slot, string script)
    {
        var root = _store.Layout.Root(slot);
        var mode = StoreFixture.StatusOf(root).Mode;
        File.SetUnixFileMode(root, mode | UnixFileMode.UserWrite);
        var result = Task.Run(() => Slipway.TestKit.CommandRunner.RunAsync("/bin/sh", ["-c", script], new() { WorkingFolder = root })).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.ToString());
        File.SetUnixFileMode(root, mode);
    }
}
