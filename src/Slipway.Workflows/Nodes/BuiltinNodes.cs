using Slipway.Workflows.Nodes.Inference;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>The types of nodes that come with Slipway.</summary>
public static class BuiltinNodes
{
    /// <summary>All of them.</summary>
    /// <param name="services">What they are made with.</param>
    public static NodeCatalogue Catalogue(NodeServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return new NodeCatalogue(
        [
            .. InputNodes.All(services), .. OutputNodes.All, .. TextNodes.All, .. FlowNodes.All,
            ModelLibraryNode.Type, DependencyEnvironmentNode.Type(services), PythonScriptNode.Type(services), RunOnHostNode.Type(services), RunRecipeNode.Type(services),
            .. InferenceNodes.Types(services),
        ]);
    }
}
