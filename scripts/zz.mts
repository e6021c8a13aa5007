import { makeBundles } from './prove/namespace/bundles.ts'
import { agentOf } from './prove/orders/agent.ts'
import { explore } from './prove/orders/explore.ts'
import { openStage } from './prove/orders/stage.ts'
import { subjectOf } from './prove/orders/subjects.ts'
const bundles = await makeBundles()
const seen=new Set<string>()
for(let s=0;s<200;s++){const x=subjectOf(s,{}); const k=x.action+' '+x.scene; if(seen.has(k)) continue; seen.add(k)
 await using stage=openStage()
 try { const f=await explore(stage,{...x,syncSeed:null},{agent:agentOf(bundles,null),seed:s,atMost:3,keepAt:'/tmp/o/keep',stop:new AbortController().signal,points:2}); console.log(s,k,x.story,f.states,f.broken.length)} catch(e){console.log(s,k,x.story,String(e).slice(0,200))}
}
