using Slipway.Core.Failures;
using Slipway.Machines.Locks;

namespace Slipway.Machines.Programs;

/// <summary>What one execution of a program holds and knows. Ends with the program, and the leases with it.</summary>
internal sealed class ProgramScope(MachineProgram program, IProgramObserver observer) : IDisposable
{
    private readonly List<Lease> _leases = [];

    public IProgramObserver Observer => observer;

    /// <summary>What is happening, for the record of a failure: the last <see cref="Step.Run"/>, else the program.</summary>
    public string Label { get; set; } = program.Title;

    /// <summary>Descriptors for processes that the program starts.</summary>
    public int[] InheritedLeases => [.. _leases.Where(static l => l.IsShared).Select(static l => l.Fd)];

    public void Hold(Lease lease) => _leases.Add(lease);

    /// <summary>The code with this id, among those that this program can fail with.</summary>
    public FailureCode? FindCode(string id) =>
        MachinesFailures.All.Concat(CodesOf(program.Steps)).FirstOrDefault(c => string.Equals(c.Id, id, StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var lease in _leases)
        {
            lease.Dispose();
        }
    }

    private static IEnumerable<FailureCode> CodesOf(IEnumerable<Step> steps) => steps.SelectMany(static step => step switch
    {
        Step.Run run => [run.OnFailure],
        Step.WithBuildLock guarded => CodesOf(guarded.Body),
        _ => Enumerable.Empty<FailureCode>(),
    });
}
