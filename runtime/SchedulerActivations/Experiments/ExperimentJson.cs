using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

/// <summary>How experiments and results are written as JSON: in files, and between this process and a worker.</summary>
internal static class ExperimentJson
{
    /// <summary>For experiments and results. A trace's enumerations stay numbers, they are many; the others are words.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OmitComputedProperties } },
        Converters =
        {
            new JsonStringEnumConverter<KernelModel>(),
            new JsonStringEnumConverter<PolicyRule>(),
            new JsonStringEnumConverter<UserThreadState>(),
        },
    };

    /// <summary>For the settings of policies and workloads.</summary>
    public static readonly JsonSerializerOptions Parameters = new()
    {
        // A pair's values are fields.
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
    };

    // A property that nobody can set is computed from the others: what is read back computes it again.
    private static void OmitComputedProperties(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var parameters = type.Type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.Name).ToList();
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.Set is null && !parameters.Contains(property.Name, StringComparer.OrdinalIgnoreCase)) type.Properties.RemoveAt(i);
        }
    }
}
