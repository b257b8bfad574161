-- Argo CD health of every kind of collabnet: all have the same conditions (Ready, Reconciling, Stalled).
local function is_current(condition)
  return condition.observedGeneration == nil or obj.metadata.generation == nil
    or condition.observedGeneration >= obj.metadata.generation
end

local function find(kind)
  if obj.status == nil or obj.status.conditions == nil then return nil end
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == kind then return condition end
  end
  return nil
end

local function result(status, message)
  return { status = status, message = message }
end

if obj.metadata.deletionTimestamp ~= nil then
  return result("Progressing", "Being deleted")
end
if obj.spec ~= nil and obj.spec.suspend == true then
  return result("Suspended", "spec.suspend is true")
end
if obj.status == nil then
  return result("Progressing", "Waiting for the operator")
end
if obj.status.observedGeneration ~= nil and obj.metadata.generation ~= nil
  and obj.status.observedGeneration < obj.metadata.generation then
  return result("Progressing", "Waiting for the operator to see the newest generation")
end

local stalled = find("Stalled")
if stalled ~= nil and stalled.status == "True" and is_current(stalled) then
  return result("Degraded", stalled.message)
end
local reconciling = find("Reconciling")
if reconciling ~= nil and reconciling.status == "True" then
  return result("Progressing", reconciling.message)
end
local ready = find("Ready")
if ready == nil or not is_current(ready) or ready.status == "Unknown" then
  return result("Progressing", "Waiting for the operator")
end
if ready.status == "True" then
  return result("Healthy", ready.message)
end
return result("Degraded", ready.message)
